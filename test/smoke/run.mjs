// `npm run smoke:azure -- [--write] [--create] [--watch SECONDS] [--burst REQUESTS] [--save FOLDER]`
// Checks a real IoT hub once, with the adapters of the extension. docs/azure.md describes it. Secrets are read from environment
// variables only, and never printed.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { ensureDependencies } from '../host/environment.mjs';
import { atEnd, Failure, main } from '../host/processes.mjs';
import { root } from '../host/paths.mjs';

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    create: { type: 'boolean', default: false },
    watch: { type: 'string', default: '180' },
    burst: { type: 'string', default: '200' },
    save: { type: 'string' },
  },
});

main(async () => {
  await ensureDependencies();
  const { bundleProgram } = await import('../support/bundleProgram.mjs');
  const folder = path.join(root, '.cache/smoke', String(process.pid));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const program = bundleProgram(path.join(root, 'test/smoke/smoke.ts'), path.join(folder, 'smoke.js'), {
    packages: 'external',
  });
  const { smoke } = await import(pathToFileURL(program).href).then((module) => module.default ?? module);
  const { failed } = await smoke({
    environment: process.env,
    isWriting: options.write,
    isCreating: options.create,
    watchSeconds: numberOf('watch'),
    burst: numberOf('burst'),
    ...(options.save === undefined ? {} : { fixtures: options.save }),
    print: (line) => console.log(line),
  });
  if (failed > 0) throw new Failure(`${failed} checks failed.`);
  return 0;
});

function numberOf(name) {
  const value = Number(options[name]);
  if (options[name] === '' || !(value >= 0)) throw new Failure(`--${name} must be a number.`);
  return value;
}
