// `npm run watch`: builds and type-checks after every change until Ctrl+C. For the problem matcher in .vscode/tasks.json,
// it prints `[watch] started` before and `[watch] finished` after each round of all watchers.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ensureDependencies } from './environment.mjs';
import { atEnd, Failure, main } from './processes.mjs';
import { root } from './paths.mjs';

const tsc = [path.join(root, 'node_modules/@typescript/native/bin/tsc'), '--watch', '--preserveWatchOutput'];
const compiling = {
  begins: / - (?:Starting compilation in watch mode|File change detected)/,
  ends: / - Found \d+ errors?\. Watching for file changes\./,
};
/** All start busy. Lines that match `begins` and `ends` are not printed; one line for all watchers replaces them. */
const watchers = [
  {
    title: 'esbuild',
    args: ['esbuild.js', '--watch'],
    begins: /^\[build\] started$/,
    ends: /^\[build\] finished$/,
  },
  ...['tsconfig.json', 'src/webview/tsconfig.json'].map((project) => ({
    title: `tsc -p ${project}`,
    args: [...tsc, '--pretty', 'false', '--noEmit', '-p', project],
    ...compiling,
  })),
];

const busy = new Set(watchers.map(({ title }) => title));
/** Output of the last round of each watcher. All of it is printed after every round, since a matcher drops older output. */
const output = new Map();

function begin(title) {
  if (busy.size === 0) console.log('[watch] started');
  busy.add(title);
  output.set(title, []);
}

function end(title) {
  if (!busy.delete(title) || busy.size > 0) return;
  // Several bundles report the same file.
  const lines = [...new Set([...output.values()].flat())];
  for (const line of lines) console.log(line);
  const errors = lines.filter((line) => /\): error \w+: /.test(line)).length;
  console.log(`[watch] finished at ${new Date().toLocaleTimeString()}, errors: ${errors}`);
}

/** @returns {Promise<never>} rejects if the program exits, which watchers normally do not */
function watch({ title, args, begins, ends }) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  atEnd(() => child.kill());
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (begins.test(line)) begin(title);
      else if (ends.test(line)) end(title);
      else if (line.trim()) output.get(title)?.push(line);
    });
  }
  return new Promise((_, reject) => {
    child.on('error', (error) => reject(new Failure(`Cannot start ${title}: ${error.message}.`)));
    child.on('close', (code) => reject(new Failure(`${title} exited with code ${code}.`)));
  });
}

main(async () => {
  await ensureDependencies();
  console.log('[watch] started');
  for (const { title } of watchers) output.set(title, []);
  await Promise.race(watchers.map(watch));
});
