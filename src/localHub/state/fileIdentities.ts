import path from 'node:path';
import { identityOf } from './databaseFiles';
import { storageError } from './storageError';

/**
 * Notices that an open database or its write-ahead log was deleted, moved or replaced: what is written to it then is
 * lost, although the system reports no error.
 */
export class FileIdentities {
  private readonly files: readonly string[];
  private expected: readonly (string | undefined)[];

  constructor(file: string) {
    this.files = [file, `${file}-wal`];
    this.expected = this.read();
  }

  /** @throws StorageError */
  check(): void {
    const found = this.read();
    for (const [index, file] of this.files.entries()) {
      if (found[index] === this.expected[index]) continue;
      // The first write creates the write-ahead log.
      if (index > 0 && this.expected[index] === undefined) continue;
      throw storageError(found[index] === undefined ? 'missing' : 'replaced', file, '');
    }
    this.expected = found;
  }

  /** After a successful write, which may have created the write-ahead log. */
  written(): void {
    if (this.expected.includes(undefined)) this.expected = this.read();
  }

  /** Whether files were deleted, but not the whole folder, which may be on a drive that was removed. */
  get areDeleted(): boolean {
    const isMissing = this.read().some((found, index) => !found && this.expected[index] !== undefined);
    return isMissing && identityOf(path.dirname(this.files[0] ?? '')) !== undefined;
  }

  get isDatabasePresent(): boolean {
    return this.read()[0] === this.expected[0];
  }

  private read(): (string | undefined)[] {
    return this.files.map(identityOf);
  }
}
