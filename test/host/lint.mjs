// `npm run lint`: types, ESLint, layers, unused code, format. In two lanes, because ESLint takes as long as all the others.
import path from 'node:path';
import { Failure, main, run } from './processes.mjs';
import { root } from './paths.mjs';

const lanes = [
  [['eslint', '.']],
  [
    ['tsc', '--noEmit', '-p', 'tsconfig.json'],
    ['tsc', '--noEmit', '-p', 'src/webview/tsconfig.json'],
    ['depcruise', '--config', 'test/config/layers.cjs', 'src'],
    ['knip', '--no-progress'],
    ['prettier', '--check', '.'],
  ],
];
const bin = path.join(root, 'node_modules/.bin');
const pathName = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
const env = { ...process.env, [pathName]: `${bin}${path.delimiter}${process.env[pathName] ?? ''}` };

/** Runs all commands, even if one fails. @returns {Promise<string[]>} the failures */
async function runLane(commands) {
  const failures = [];
  for (const [command, ...args] of commands) {
    try {
      await run(command, args, { cwd: root, env });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(error.message);
    }
  }
  return failures;
}

main(async () => {
  const failures = (await Promise.all(lanes.map(runLane))).flat();
  for (const failure of failures) console.error(failure);
  return failures.length > 0 ? 1 : 0;
});
