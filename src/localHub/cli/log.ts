import fs from 'node:fs';
import type { LogLevel } from '../control/contract';

export type Log = (level: LogLevel, text: string) => void;

const maxLogBytes = 1024 * 1024;

/** Writes lines with time and level to standard error, or to a file that is renamed to `.old` at one megabyte. */
export function openLog(file: string | undefined, verbose: boolean): Log {
  const wanted = (level: LogLevel): boolean => verbose || level !== 'debug';
  if (file === undefined) {
    return (level, text) => {
      if (wanted(level)) process.stderr.write(`${new Date().toISOString()} [${level}] ${text}\n`);
    };
  }
  let size = 0;
  try {
    size = fs.statSync(file).size;
  } catch {
    // The first line creates it.
  }
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
    } catch {
      // A full disk must not stop the hub because of its log.
    }
  };
}
