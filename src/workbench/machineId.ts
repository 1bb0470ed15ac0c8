import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Logger } from '../core/base/logger';

/**
 * A name for the computer (or container) that the extension runs on, made at the first use: VS Code's state
 * follows the person, files do not. Not the host name, which changes with the network on some systems.
 */
export function machineId(storage: string, log: Pick<Logger, 'warn'>): () => string {
  let known: string | undefined;
  return () => (known ??= readOrMake(path.join(storage, 'place'), log));
}

function readOrMake(file: string, log: Pick<Logger, 'warn'>): string {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    try {
      writeFileSync(file, crypto.randomUUID(), { flag: 'wx' });
    } catch {
      // It is there, perhaps of another window in this moment.
    }
    const text = readFileSync(file, 'utf8').trim();
    if (/^[0-9a-f-]{36}$/.test(text)) return text;
    log.warn(`${file} does not name this computer; what was made on it is listed as everywhere.`);
  } catch (error) {
    log.warn(`${file} cannot be written: ${String(error)}. What was made here is listed as everywhere.`);
  }
  return 'anywhere';
}
