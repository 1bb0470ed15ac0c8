import { open } from 'node:fs/promises';
import path from 'node:path';
import { type IssuedCertificate } from '../core/certificate/authorityStore';
import { isIotError } from '../core/errors';
import { fileError, readText } from './files';

type Entry = Omit<IssuedCertificate, 'authorityId'>;

/**
 * Issued certificates of a certificate authority: `issued.jsonl`, one JSON object per line. Lines are only appended,
 * so that two windows do not overwrite each other: `{"removed":"<id>"}` removes an entry.
 */
export class IssuedIndex {
  private readonly file: string;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly folder: string) {
    this.file = path.join(folder, 'issued.jsonl');
  }

  /** Lines that cannot be read, such as the last one after a crash, are skipped and counted. */
  async read(): Promise<{ readonly entries: readonly Entry[]; readonly unreadable: number }> {
    const entries = new Map<string, Entry>();
    let unreadable = 0;
    for (const line of (await this.text()).split('\n')) {
      if (line.trim() === '') continue;
      const value = parseLine(line);
      const removed = value?.removed;
      if (typeof removed === 'string') {
        entries.delete(removed);
        continue;
      }
      const entry = value && this.readEntry(value);
      if (entry) entries.set(entry.id, entry);
      else unreadable++;
    }
    return { entries: [...entries.values()], unreadable };
  }

  append(entries: readonly Entry[]): Promise<void> {
    return this.write(
      entries.map(({ certificateFile, keyFile, ...rest }) => ({
        ...rest,
        // Relative, so that the folder can be moved.
        certificateFile: this.relative(certificateFile),
        ...(keyFile === undefined ? {} : { keyFile: this.relative(keyFile) }),
      })),
    );
  }

  remove(id: string): Promise<void> {
    return this.write([{ removed: id }]);
  }

  private write(values: readonly object[]): Promise<void> {
    if (values.length === 0) return Promise.resolve();
    const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
    const written = this.last.then(() => this.appendText(text));
    this.last = written.catch(() => undefined);
    return written;
  }

  /** A single write at the end of the file, which the operating system does not interleave with another. */
  private async appendText(text: string): Promise<void> {
    try {
      const handle = await open(this.file, 'a+', 0o600);
      try {
        const { size } = await handle.stat();
        const end = Buffer.alloc(1);
        if (size > 0) await handle.read(end, 0, 1, size - 1);
        // After a crash, the last line may be incomplete; new lines must not become part of it.
        const isTorn = size > 0 && end[0] !== 0x0a;
        await handle.write(isTorn ? `\n${text}` : text);
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw fileError('write', this.file, error);
    }
  }

  private async text(): Promise<string> {
    try {
      return await readText(this.file);
    } catch (error) {
      if (isIotError(error) && error.code === 'notFound') return '';
      throw error;
    }
  }

  private relative(file: string): string {
    return path.relative(this.folder, file).split(path.sep).join('/');
  }

  private readEntry(value: Readonly<Record<string, unknown>>): Entry | undefined {
    const { certificateFile, keyFile } = value;
    if (!isOwnFile(certificateFile) || !(keyFile === undefined || isOwnFile(keyFile))) return undefined;
    if (!texts.every((name) => typeof value[name] === 'string')) return undefined;
    if (!numbers.every((name) => typeof value[name] === 'number')) return undefined;
    if (value.hubHostName !== undefined && typeof value.hubHostName !== 'string') return undefined;
    return {
      ...(value as unknown as Entry),
      certificateFile: path.join(this.folder, certificateFile),
      ...(keyFile === undefined ? {} : { keyFile: path.join(this.folder, keyFile) }),
      isKeyEncrypted: value.isKeyEncrypted === true,
    };
  }
}

const texts = ['id', 'deviceId', 'serialNumber', 'sha1', 'sha256', 'key'] as const;
const numbers = ['notBefore', 'notAfter', 'issuedAt'] as const;

/** Only files of this store: files named by the index get deleted, and the folder may not be trusted. */
const isOwnFile = (value: unknown): value is string =>
  typeof value === 'string' && /^devices\/[^/\\:]+\.pem$/.test(value);

function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
