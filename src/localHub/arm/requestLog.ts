import fs from 'node:fs';
import { singleLine } from '../singleLine';
import { explainStorageError } from '../state/storageError';

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly apiVersion: string | null;
  readonly status: number;
}

/** Writes one line of JSON for each request: method, path and status, without token, bodies and query. */
export class RequestLog {
  private handle: number | undefined;

  /** @throws StorageError */
  constructor(file: string | undefined) {
    if (file === undefined) return;
    try {
      this.handle = fs.openSync(file, 'a', 0o600);
    } catch (error) {
      throw explainStorageError(error, file);
    }
  }

  add(request: LoggedRequest): void {
    if (this.handle === undefined) return;
    try {
      const line = JSON.stringify({ time: new Date().toISOString(), ...request });
      // JSON allows separators of lines and marks of direction in strings.
      fs.writeSync(this.handle, `${singleLine(line)}\n`);
    } catch {
      // A full disk must not stop the hub because of its log.
    }
  }

  close(): void {
    if (this.handle !== undefined) fs.closeSync(this.handle);
    this.handle = undefined;
  }
}
