import fs from 'node:fs';

/** Writes a file atomically: readers see the old content or the new. */
export function writeSecretFile(file: string, text: string, mode = 0o600): void {
  const temporary = `${file}.${process.pid}.new`;
  fs.rmSync(temporary, { force: true });
  const handle = fs.openSync(temporary, 'wx', mode);
  try {
    fs.writeSync(handle, text);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(temporary, file);
}
