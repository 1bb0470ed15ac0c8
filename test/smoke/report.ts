import fs from 'node:fs';
import path from 'node:path';
import { maskSecrets } from '../../src/core/base/maskSecrets';
import { type RawAnswer } from './rawRequest';

/** What a check found, without a secret. */
export interface Finding {
  readonly text: string;
  readonly answer?: Pick<RawAnswer, 'status' | 'trackingId'>;
}

const secretNames =
  /^(primaryKey|secondaryKey|accountKey|connectionString|sharedAccessKey|verificationCode|password|.*token)$/i;

/** Removes secrets and the IDs of the account from a body. */
export function withoutSecrets(value: unknown, ids: readonly string[]): unknown {
  if (typeof value === 'string') {
    return ids.reduce(
      (text, id) => text.replaceAll(new RegExp(escapeId(id), 'gi'), noId),
      maskSecrets(value),
    );
  }
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, ids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secretNames.test(name) && typeof inner === 'string' ? '***' : withoutSecrets(inner, ids),
    ]),
  );
}

const noId = '00000000-0000-0000-0000-000000000000';
/** IDs are hexadecimal digits and hyphens. */
const escapeId = (id: string) => id.replaceAll(/[^\w-]/g, '');

/** Prints a line for each check, and counts the failed ones. */
export class Report {
  failed = 0;
  private saved = 0;

  constructor(
    private readonly print: (line: string) => void,
    private readonly fixtures: string | undefined,
    private readonly ids: readonly string[],
  ) {}

  section(title: string): void {
    this.print(`\n${title}`);
  }

  skip(name: string, reason: string): void {
    this.line('skip', name, { text: reason });
  }

  /** Runs a check; a failure is printed, and the next check runs. */
  async check(name: string, run: () => Promise<Finding>): Promise<boolean> {
    try {
      this.line('ok', name, await run());
      return true;
    } catch (error) {
      this.failed++;
      this.line('FAIL', name, { text: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  /** Saves an answer for tests of the local hub. */
  save(name: string, request: { readonly method: string; readonly path: string }, answer: RawAnswer): void {
    if (this.fixtures === undefined) return;
    fs.mkdirSync(this.fixtures, { recursive: true });
    const file = `${String(++this.saved).padStart(2, '0')}-${name.replaceAll(/\W+/g, '-')}.json`;
    const { status, body, headers } = answer;
    const kept = ['content-type', 'etag', 'iothub-errorcode', 'retry-after'].flatMap((header) =>
      headers[header] === undefined ? [] : [[header, String(headers[header])]],
    );
    const content = { ...request, status, headers: Object.fromEntries(kept) as object, body };
    const text = JSON.stringify(withoutSecrets(content, this.ids), null, 2);
    fs.writeFileSync(path.join(this.fixtures, file), `${text}\n`);
  }

  private line(result: string, name: string, { text, answer }: Finding): void {
    const status = answer ? String(answer.status) : '-';
    const tracking = answer?.trackingId ? ` [${answer.trackingId}]` : '';
    this.print(maskSecrets(`${result.padEnd(4)} ${name.padEnd(44)} ${status.padEnd(3)} ${text}${tracking}`));
  }
}
