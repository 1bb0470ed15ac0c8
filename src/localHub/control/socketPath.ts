import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Unix socket paths are limited to 104 (macOS) or 108 bytes. */
const maxSocketPath = 100;

/** One folder has one lock, whatever names lead to it. */
function realPath(folder: string): string {
  try {
    return fs.realpathSync.native(folder);
  } catch {
    // It does not exist yet.
    return folder;
  }
}

/**
 * Where the hub of a data folder listens for its windows: a named pipe on Windows, otherwise a socket in the data folder,
 * or in a private folder below the temporary folder if that path is too long.
 */
export function controlPath(dataFolder: string): string {
  const folder = realPath(path.resolve(dataFolder));
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\iot-hub-workbench-${hash}`;
  const inside = path.join(folder, 'control.sock');
  if (Buffer.byteLength(inside) <= maxSocketPath) return inside;
  const uid = process.getuid?.() ?? 0;
  const shared = path.join(os.tmpdir(), `iot-hub-workbench-${uid}`);
  fs.mkdirSync(shared, { recursive: true, mode: 0o700 });
  const { uid: owner, mode } = fs.lstatSync(shared);
  // The name of the folder is predictable, so another user may have created it first.
  if (owner !== uid || (mode & 0o077) !== 0) {
    throw new Error(`The folder ${shared} is not private to this user: delete it and try again.`);
  }
  return path.join(shared, `${hash}.sock`);
}
