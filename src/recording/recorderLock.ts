import fs from 'node:fs';
import path from 'node:path';
import { IotError } from '../core/errors';

const lockPath = (file: string) => `${file}.pid`;

/** Whether a living process, this one too, records to the database. */
export function isLocked(file: string): boolean {
  const pid = holderOf(file);
  return pid !== undefined && isAlive(pid);
}

/**
 * Keeps other processes from recording to the same database: a file beside it holds our process id.
 * @returns what unlocks it.
 * @throws IotError when another one records to it.
 */
export function lockRecording(file: string): () => void {
  const holder = holderOf(file);
  // Of our own id: one that died had it, since within this process openRecorder lets nobody twice.
  if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
    throw new IotError(
      'refused',
      `${path.basename(file)} is being recorded to by process ${holder}; if it is not, delete ${lockPath(file)}.`,
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
