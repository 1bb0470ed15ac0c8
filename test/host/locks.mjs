// A lock across all processes of this machine.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { atEnd, sleep } from './processes.mjs';

/**
 * The folder is the lock: creating it either succeeds or fails because another process holds it.
 * @param {string} folder
 * @param {string} meanwhile what the owner is doing, printed while waiting
 * @returns {Promise<() => void>} releases the lock; so does the end of this process
 */
export async function lock(folder, meanwhile) {
  const owner = path.join(folder, 'owner');
  mkdirSync(path.dirname(folder), { recursive: true });
  for (let isReported = false; ; await sleep(500)) {
    try {
      mkdirSync(folder);
      writeFileSync(owner, `${os.hostname()} ${process.pid}`);
      return atEnd(() => rmSync(folder, { recursive: true, force: true }));
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (abandoned(folder, owner)) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    if (!isReported) console.log(`${meanwhile}. Waiting for it to finish.`);
    isReported = true;
  }
}

function abandoned(folder, owner) {
  try {
    const [host, pid] = readFileSync(owner, 'utf8').split(' ');
    if (host === os.hostname()) {
      try {
        process.kill(Number(pid), 0);
        return false;
      } catch (error) {
        return error.code === 'ESRCH';
      }
    }
    return Date.now() - statSync(owner).mtimeMs > 30 * 60_000;
  } catch {
    // No owner yet: it is about to be written, or the process that created the folder crashed.
    try {
      return Date.now() - statSync(folder).mtimeMs > 10_000;
    } catch {
      return false;
    }
  }
}
