// `npm run package`: builds and packages the extension as iot-hub-workbench-VERSION.vsix.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { ensureDependencies } from './environment.mjs';
import { lock } from './locks.mjs';
import { Failure, main, run } from './processes.mjs';
import { resultsFolder, root, vsixFile } from './paths.mjs';
import { newest } from './sources.mjs';

/** Files that are packaged or affect the build. */
const sources = [
  'src',
  'media',
  'package.json',
  'package.nls.json',
  'l10n',
  'esbuild.js',
  '.vscodeignore',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];

/** Builds `dist/`. esbuild.js empties it first, so two builds must not run at the same time. */
export async function buildExtension() {
  const unlock = await lock(
    path.join(root, 'node_modules/.cache/build.lock'),
    'Another run is building the extension',
  );
  try {
    await run(process.execPath, ['esbuild.js', '--production'], {
      cwd: root,
      log: path.join(resultsFolder, 'logs', 'build.log'),
    });
  } finally {
    unlock();
  }
}

/** Whether `dist/` was built from the current sources. */
export const distUpToDate = () => {
  const built = path.join(root, 'dist/meta.json');
  return existsSync(built) && statSync(built).mtimeMs >= newest('src', 'esbuild.js');
};

/** Whether the package was built from the current sources. */
export const packageUpToDate = () =>
  existsSync(vsixFile()) && statSync(vsixFile()).mtimeMs >= newest(...sources);

/** Builds and packages. @returns {Promise<string>} the VSIX */
export async function packageExtension() {
  await buildExtension();
  if (!existsSync(path.join(root, 'dist/extension.js')))
    throw new Failure('The build did not create dist/extension.js.');
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  // The project has no public address yet that relative links in the README could be rewritten to.
  const links = ['--no-rewrite-relative-links', '--allow-missing-repository'];
  const args = ['package', '--no-dependencies', ...links, '--out', vsixFile()];
  await run(process.execPath, [vsce, ...args], {
    cwd: root,
    log: path.join(resultsFolder, 'logs', 'package.log'),
  });
  return vsixFile();
}

if (process.argv[1] === import.meta.filename) {
  main(async () => {
    await ensureDependencies();
    const file = await packageExtension();
    console.log(`${path.basename(file)}, ${Math.round(statSync(file).size / 1024)} KB`);
  });
}
