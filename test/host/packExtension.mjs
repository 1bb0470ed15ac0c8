// Packages a small extension that only tests and benchmarks install.
import path from 'node:path';
import { run } from './processes.mjs';
import { resultsFolder, root } from './paths.mjs';

/** @param {string} folder with a `package.json` @returns {Promise<string>} the VSIX, which the caller removes */
export async function packExtension(folder) {
  const name = path.basename(folder);
  const file = path.join(resultsFolder, `${name}-${process.pid}.vsix`);
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const flags = ['--no-dependencies', '--allow-missing-repository', '--skip-license'];
  await run(process.execPath, [vsce, 'package', ...flags, '--out', file], {
    cwd: folder,
    log: path.join(resultsFolder, 'logs', `pack-${name}.log`),
  });
  return file;
}
