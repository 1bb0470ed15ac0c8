// `npm run hub -- [options]`: the local hub as a program. The hub writes one JSON object to stdout when it is ready, so
// everything else goes to stderr.
import { existsSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { newest } from './sources.mjs';
import { root } from './paths.mjs';

const program = path.join(root, 'dist/localHub.js');
const sources = ['src/localHub', 'src/core', 'esbuild.js', 'package-lock.json'];

await buildWhenNeeded();
const hub = spawn(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' });

// Ctrl+C in a terminal also reaches the hub directly; receiving the same signal twice is harmless.
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of signals) process.on(signal, () => hub.kill(signal));
hub.on('error', (error) => {
  console.error(`The local hub did not start: ${error.message}.`);
  process.exit(1);
});
hub.on('exit', (code, signal) => process.exit(code ?? 128 + (os.constants.signals[signal] ?? 0)));

async function buildWhenNeeded() {
  if (existsSync(program) && statSync(program).mtimeMs >= newest(...sources)) return;
  const say = console.log;
  console.log = console.error;
  try {
    const { ensureDependencies } = await import('./environment.mjs');
    const { buildExtension } = await import('./package.mjs');
    await ensureDependencies();
    await buildExtension();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  console.log = say;
}
