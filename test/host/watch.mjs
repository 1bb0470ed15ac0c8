// `npm run watch`: builds and type-checks at every change until Ctrl-C. For the problem matcher of
// .vscode/tasks.json, `[watch] started` and `[watch] finished` stand around each round of all of them.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ensureDependencies } from './environment.mjs';
import { atEnd, Failure, main } from './processes.mjs';
import { root } from './paths.mjs';

const tsc = [path.join(root, 'node_modules/typescript/bin/tsc'), '--watch', '--preserveWatchOutput'];
const compiling = {
  begins: / - (?:Starting compilation in watch mode|File change detected)/,
  ends: / - Found \d+ errors?\. Watching for file changes\./,
};
/** Each is started busy. What `begins` and `ends` match is not shown: all of them together say it once. */
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
/** What each said in its last round. All of it is shown at the end of every round: a matcher forgets the rest. */
const said = new Map();

function begin(title) {
  if (busy.size === 0) console.log('[watch] started');
  busy.add(title);
  said.set(title, []);
}

function end(title) {
  if (!busy.delete(title) || busy.size > 0) return;
  // Several bundles report the same file.
  const lines = [...new Set([...said.values()].flat())];
  for (const line of lines) console.log(line);
  const errors = lines.filter((line) => /\): error \w+: /.test(line)).length;
  console.log(`[watch] finished at ${new Date().toLocaleTimeString()}, errors: ${errors}`);
}

/** @returns {Promise<never>} rejects when the program ends by itself, which a watcher never does */
function watch({ title, args, begins, ends }) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  atEnd(() => child.kill());
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (begins.test(line)) begin(title);
      else if (ends.test(line)) end(title);
      else if (line.trim()) said.get(title)?.push(line);
    });
  }
  return new Promise((_, reject) => {
    child.on('error', (error) => reject(new Failure(`Cannot start ${title}: ${error.message}.`)));
    child.on('close', (code) => reject(new Failure(`${title} ended with code ${code}.`)));
  });
}

main(async () => {
  await ensureDependencies();
  console.log('[watch] started');
  for (const { title } of watchers) said.set(title, []);
  await Promise.race(watchers.map(watch));
});
