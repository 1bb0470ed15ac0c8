import fs from 'node:fs';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { IotError } from '../core/errors';

const lockPath = (file: string) => `${file}.pid`;

/** Whether a running process, including this one, is recording to the database. */
export function isLocked(file: string): boolean {
  const pid = holderOf(file);
  return pid !== undefined && isAlive(pid);
}

/**
 * Prevents other processes from recording to the same database with a file that contains the process id.
 * @returns a function that removes the lock
 * @throws IotError when another process is recording to it
 */
export function lockRecording(file: string): () => void {
  const holder = holderOf(file);
  // A lock with the id of this process is left from a process that died: openRecorder rejects a second recorder.
  if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
    throw new IotError(
      'refused',
      l10n.t(
        'Process {0} is recording to {1}. If it is not, delete {2}.',
        String(holder),
        path.basename(file),
        lockPath(file),
      ),
      { detail: file },
    );
  }
  fs.rmSync(lockPath(file), { force: true });
  fs.writeFileSync(lockPath(file), String(process.pid), { flag: 'wx', mode: 0o600 });
  return () => fs.rmSync(lockPath(file), { force: true });
}

function holderOf(file: string): number | undefined {
  try {
    const pid = Number(fs.readFileSync(lockPath(file), 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
