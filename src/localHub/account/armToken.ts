import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';
import type { LogLevel } from '../control/contract';
import { writeSecretFile } from '../files';
import { StorageError } from '../state/storageError';
import { localPrincipalId, localTenantId, localUser } from './ids';

export type TokenVerdict = 'valid' | 'expired' | 'unknown';

interface Issued {
  readonly digest: Buffer;
  readonly expiresAtMs: number;
}

export interface ArmTokenOptions {
  readonly file: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
  readonly onRenewed?: () => void;
  readonly log?: (level: LogLevel, text: string) => void;
}

const maxRemembered = 16;
/** How soon a token that could not be written is tried again. */
const retryMs = 10_000;
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Bearer tokens for ARM and the service APIs, written to a file with mode 0600. They look like Microsoft Entra ID tokens,
 * so that clients can read their expiry; a token is checked as a whole, and its last part is random. A new token is
 * written after half of the lifetime of the previous one, which stays valid until it expires.
 */
export class ArmTokens {
  private readonly issued: Issued[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ArmTokenOptions) {
    const stored = this.readStored();
    if (stored === undefined) this.issue();
    else this.renewAt(stored);
  }

  check(token: string): TokenVerdict {
    const digest = digestOf(token);
    const known = this.issued.find((one) => timingSafeEqual(one.digest, digest));
    if (known) return known.expiresAtMs > Date.now() ? 'valid' : 'expired';
    // Perhaps issued by an earlier process: refused too, but 'expired' tells the client to get a new one.
    const { exp, tid } = claimsOf(token);
    return tid === localTenantId && typeof exp === 'number' && exp * 1000 <= Date.now()
      ? 'expired'
      : 'unknown';
  }

  close(): void {
    clearTimeout(this.timer);
  }

  /** The token of the last run, if it is still valid: a restart does not invalidate it. */
  private readStored(): Issued | undefined {
    let text: string;
    try {
      text = fs.readFileSync(this.options.file, 'utf8');
    } catch {
      return undefined;
    }
    const { exp, tid } = claimsOf(text);
    if (tid !== localTenantId || typeof exp !== 'number') return undefined;
    const stored = { digest: digestOf(text), expiresAtMs: exp * 1000 };
    const left = stored.expiresAtMs - Date.now();
    if (left <= 0 || left > this.options.lifetimeSeconds * 1000) return undefined;
    this.remember(stored);
    return stored;
  }

  /** @returns whether the token is in its file */
  private issue(): boolean {
    const { audience, file, lifetimeSeconds } = this.options;
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      aud: audience,
      iss: `https://sts.localhost/${localTenantId}/`,
      iat: now,
      nbf: now,
      exp: now + lifetimeSeconds,
      name: 'Local User',
      oid: localPrincipalId,
      tid: localTenantId,
      unique_name: localUser,
      upn: localUser,
      ver: '1.0',
    };
    const random = randomBytes(32).toString('base64url');
    const token = `${encode({ typ: 'JWT', alg: 'RS256' })}.${encode(claims)}.${random}`;
    const isWritten = this.write(file, token);
    const issued = { digest: digestOf(token), expiresAtMs: claims.exp * 1000 };
    if (isWritten) this.remember(issued);
    this.renewAt(issued, isWritten);
    return isWritten;
  }

  /** @returns false if there is no room or no access; the hub works without a new token */
  private write(file: string, token: string): boolean {
    try {
      writeSecretFile(file, token);
      return true;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.options.log?.('error', `ARM: the bearer token could not be written: ${error.message}`);
      return false;
    }
  }

  private remember(issued: Issued): void {
    this.issued.push(issued);
    if (this.issued.length > maxRemembered) this.issued.shift();
  }

  private renewAt({ expiresAtMs }: Issued, isWritten = true): void {
    const at = expiresAtMs - (this.options.lifetimeSeconds * 1000) / 2;
    this.timer = setTimeout(
      () => {
        if (this.issue()) this.options.onRenewed?.();
      },
      // Clients have only what is in the file, so a token that is not there is soon replaced.
      Math.max(0, isWritten ? at - Date.now() : Math.min(retryMs, at - Date.now())),
    );
    this.timer.unref();
  }
}

export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
