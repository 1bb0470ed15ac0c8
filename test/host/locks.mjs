// One at a time, over all processes of this machine.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { atEnd, sleep } from './processes.mjs';

/**
 * A folder is a lock: making it either succeeds or says that somebody has it.
 * @param {string} folder
 * @param {string} meanwhile what its owner does, said when there is a wait
 * @returns {Promise<() => void>} unlocks; the end of this process does too
 */
export async function lock(folder, meanwhile) {
  const owner = path.join(folder, 'owner');
  mkdirSync(path.dirname(folder), { recursive: true });
  for (let told = false; ; await sleep(500)) {
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
    if (!told) console.log(`${meanwhile} at this moment: waiting for it.`);
    told = true;
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
    // No owner yet: it is being written at this moment, or its writer died in between.
    try {
      return Date.now() - statSync(folder).mtimeMs > 10_000;
    } catch {
      return false;
    }
  }
}
