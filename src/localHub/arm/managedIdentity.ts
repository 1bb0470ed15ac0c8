import { createHmac, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { claimsOf } from '../account/armToken';
import { localClientId } from '../account/ids';
import type { LogLevel } from '../control/contract';
import { HubError } from '../errors';
import type { MountedApi } from '../http/index';
import { readText, urlOf, type Answer } from '../http/router';
import { isLoopback } from '../peer';
import type { Policy } from '../state/policies';

const firstSegment = 'msi';

/** The path of the managed identity; the older form has the secret before the last segment. */
export const managedIdentityPath = `/${firstSegment}/token`;

export interface ManagedIdentity extends MountedApi {
  /** Starts answering requests. @returns the secret, which stays the same as long as the keys do */
  open(policies: readonly Policy[]): string;
}

interface IdentityRequest {
  readonly method: string;
  /** A secret in the path. */
  readonly pathSecret: string | undefined;
  readonly headers: IncomingMessage['headers'];
  /** Parameters of the query or of the form. */
  readonly parameters: URLSearchParams;
}

/**
 * The managed identity of the local user: returns the current bearer token, for any resource and any client ID. It has
 * the form of Azure App Service (with two versions), Azure Machine Learning and Cloud Shell, and answers only on loopback.
 * @see https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function createManagedIdentity(
  tokenFile: string,
  log: (level: LogLevel, text: string) => void,
): ManagedIdentity {
  let secret: string | undefined;

  function respond(request: IdentityRequest): Answer {
    const { method, headers, parameters, pathSecret } = request;
    const version = parameters.get('api-version');
    if (secret === undefined) return refuse(503, 'The local hub is starting.');
    if (method !== 'GET' && method !== 'POST') return refuse(405, `${method} is not allowed.`);
    // A secret in the path can leak through a redirect, so it requires a header that a redirect cannot add.
    const isFlagged = /^true$/i.test(String(headers.metadata ?? ''));
    const given = headers['x-identity-header'] ?? headers.secret ?? (isFlagged ? pathSecret : undefined);
    if (typeof given !== 'string' || !isEqual(given, secret)) {
      return refuse(
        401,
        'The header X-IDENTITY-HEADER (secret, or Metadata in older versions) is missing or wrong.',
      );
    }
    const resource = parameters.get('resource') ?? '';
    if (resource === '') return refuse(400, 'The parameter resource is required.');
    return tokenAnswer(readToken(tokenFile), resource, version);
  }

  return {
    owns: (first) => first === firstSegment,
    open: (policies) => {
      const key = policies.map(({ primaryKey }) => primaryKey).join();
      secret = createHmac('sha256', key).update('managed identity').digest('hex');
      return secret;
    },
    answer: async (message) => {
      if (!isLoopback(message.socket.remoteAddress ?? '')) {
        return refuse(403, 'The managed identity is available only on the machine of the local hub.');
      }
      try {
        return respond(await readIdentityRequest(message));
      } catch (error) {
        if (error instanceof HubError) return refuse(error.entry.status, error.message);
        log('error', `Managed identity: ${error instanceof Error ? error.message : String(error)}`);
        return refuse(500, 'The bearer token could not be read. See the log of the local hub.');
      }
    },
  };
}

async function readIdentityRequest(message: IncomingMessage): Promise<IdentityRequest> {
  const { pathname, searchParams } = urlOf(message);
  const [, ...rest] = pathname.split('/').filter((segment) => segment !== '');
  if (rest.length > 2 || rest.at(-1) !== 'token')
    throw new HubError('NotFound', `No resource at ${pathname}`);
  const form = new URLSearchParams(await readText(message));
  return {
    method: message.method ?? 'GET',
    pathSecret: rest.length === 2 ? rest[0] : undefined,
    headers: message.headers,
    parameters: new URLSearchParams([...form, ...searchParams]),
  };
}

/** @throws if the file cannot be read, or contains no token */
function readToken(file: string): { readonly token: string; readonly expiresAt: number } {
  const token = fs.readFileSync(file, 'utf8').trim();
  const { exp } = claimsOf(token);
  if (typeof exp !== 'number') throw new Error(`${file} contains no token`);
  return { token, expiresAt: exp };
}

function tokenAnswer(
  { token, expiresAt }: ReturnType<typeof readToken>,
  resource: string,
  version: string | null,
): Answer {
  const now = Math.floor(Date.now() / 1000);
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: {
      access_token: token,
      client_id: localClientId,
      // The first version of App Service has a date, all others have seconds, as text.
      expires_on: version === '2017-09-01' ? dateText(expiresAt) : String(expiresAt),
      ...(version === '2017-09-01' ? {} : { expires_in: String(expiresAt - now), not_before: String(now) }),
      resource,
      token_type: 'Bearer',
    },
  };
}

/** `11/05/2021 15:18:31 +00:00` */
function dateText(seconds: number): string {
  const [date = '', time = ''] = new Date(seconds * 1000).toISOString().split(/[T.]/);
  const [year = '', month = '', day = ''] = date.split('-');
  return `${month}/${day}/${year} ${time} +00:00`;
}

function isEqual(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const refuse = (status: number, message: string): Answer => ({
  status,
  body: { statusCode: status, message },
});
