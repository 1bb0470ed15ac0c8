// Starts `feed.ts`: telemetry of many devices, sent by another process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { root } from '../host/paths.mjs';
import { bundleProgram } from '../support/bundleProgram.mjs';

/**
 * @param {string} folder for the program, which is built there once
 * @param {{ connectionString: string, prefix: string, devices: number, perSecond: number, seconds: number }} request
 * @returns {Promise<{ done: Promise<{ sent: number, acknowledged: number, perSecond: number }>, stop: () => void }>} resolves when its devices are connected
 */
export async function startFeed(folder, request) {
  const program = path.join(folder, 'feed.cjs');
  if (!existsSync(program)) bundleProgram(path.join(root, 'test/bench/feed.ts'), program);
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  child.stdin.write(`${JSON.stringify(request)}\n`);
  let onReady = () => undefined;
  const ready = new Promise((resolve) => (onReady = resolve));
  const done = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { kind, ...rest } = JSON.parse(line);
      if (kind === 'ready') onReady();
      else resolve(rest);
    });
    void ended.then(([code]) => reject(new Error(`The feed exited with code ${code}.`)));
  });
  done.catch(() => undefined);
  await Promise.race([ready, done]);
  return { done, stop: () => child.stdin.end() };
}
