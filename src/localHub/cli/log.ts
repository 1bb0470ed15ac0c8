import fs from 'node:fs';
import type { LogLevel } from '../control/contract';
import { explainStorageError } from '../state/storageError';

export type Log = (level: LogLevel, text: string) => void;

const maxLogBytes = 1024 * 1024;

/** Creates the file if it does not exist. @throws StorageError if it cannot be written */
function sizeOf(file: string): number {
  try {
    fs.appendFileSync(file, '', { mode: 0o600 });
    return fs.statSync(file).size;
  } catch (error) {
    throw explainStorageError(error, file);
  }
}

/** Writes lines with time and level to standard error, or to a file that is renamed to `.old` at one megabyte. @throws StorageError */
export function openLog(file: string | undefined, verbose: boolean): Log {
  const wanted = (level: LogLevel): boolean => verbose || level !== 'debug';
  if (file === undefined) {
    return (level, text) => {
      if (wanted(level)) process.stderr.write(`${new Date().toISOString()} [${level}] ${text}\n`);
    };
  }
  let size = sizeOf(file);
  let isFailing = false;
  return (level, text) => {
    if (!wanted(level)) return;
    const line = `${new Date().toISOString()} [${level}] ${text}\n`;
    try {
      if (size + line.length > maxLogBytes) {
        fs.renameSync(file, `${file}.old`);
        size = 0;
      }
      fs.appendFileSync(file, line, { mode: 0o600 });
      size += line.length;
      isFailing = false;
    } catch (error) {
      // A full disk must not stop the hub because of its log.
      if (!isFailing) process.stderr.write(`The log cannot be written to ${file}: ${String(error)}\n`);
      isFailing = true;
    }
  };
}
