// Paths in the project and in the user's cache folder.
import os from 'node:os';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Output of a run for people and CI: results as JSON and JUnit, screenshots, logs. */
export const resultsFolder = path.join(root, 'test-results');

/** Whether tests save screenshots of their steps (`--pictures`); those of failures are always saved. */
export const takesPictures = () => Boolean(process.env.IOT_HUB_WORKBENCH_PICTURES);

/** The project's package.json, read from disk on each call. */
export const manifest = () => JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** The file written by `npm run package`. */
export const vsixFile = () => {
  const { name, version } = manifest();
  return path.join(root, `${name}-${version}.vsix`);
};

/** The ID of the extension. */
export const extensionId = () => {
  const { publisher, name } = manifest();
  return `${publisher}.${name}`;
};

/** The folder for large files that all clones share. */
export function cacheFolder() {
  const base =
    process.platform === 'win32'
      ? (process.env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? path.join(os.homedir(), 'Library', 'Caches')
        : process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  return path.join(base, 'iot-hub-workbench');
}
