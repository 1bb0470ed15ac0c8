// `npm run test:fast`: types, lint of the files that differ from the main branch, unit and architecture tests.
// Two lanes, for two cores.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { changedFiles } from './changes.mjs';
import { ensureDependencies } from './environment.mjs';
import { Failure, main, run, seconds } from './processes.mjs';
import { packageExtension, packageUpToDate } from './package.mjs';
import { root } from './paths.mjs';

const bin = {
  eslint: 'eslint/bin/eslint.js',
  prettier: 'prettier/bin/prettier.cjs',
  tsc: '@typescript/native/bin/tsc',
  vitest: 'vitest/vitest.mjs',
};
const program = (name, ...args) =>
  run(process.execPath, [path.join(root, 'node_modules', bin[name]), ...args], { cwd: root });

/** Incremental: later runs of tsc check only what changed. */
const types = (project, name) =>
  program(
    'tsc',
    '--noEmit',
    '-p',
    project,
    '--incremental',
    '--tsBuildInfoFile',
    `.cache/${name}.tsbuildinfo`,
  );

async function lint() {
  await types('tsconfig.json', 'types');
  await types('src/webview/tsconfig.json', 'webviewTypes');
  const changed = changedFiles().filter((file) => existsSync(path.join(root, file)));
  const sources = changed.filter((file) => /\.m?ts$/.test(file));
  if (sources.length) await program('eslint', '--no-warn-ignored', ...sources);
  if (changed.length) await program('prettier', '--check', '--ignore-unknown', ...changed);
}

async function test() {
  // The architecture tests read the package.
  if (!packageUpToDate()) await packageExtension();
  await program('vitest', 'run', 'test/unit', 'test/architecture');
}

main(async () => {
  const started = Date.now();
  await ensureDependencies();
  const failures = (await Promise.allSettled([lint(), test()])).flatMap((lane) =>
    lane.status === 'rejected' ? [lane.reason] : [],
  );
  console.log(`\nTotal time: ${seconds(started)}.`);
  for (const failure of failures) {
    if (!(failure instanceof Failure)) throw failure;
    console.error(failure.message);
  }
  return failures.length ? 1 : 0;
});
