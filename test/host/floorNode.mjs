// Node of the oldest supported VS Code, from npm.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureNpmFolder } from './npmFolders.mjs';
import { cacheFolder } from './paths.mjs';
import { releases } from './serverInstall.mjs';

const { node: version, vscode } = releases.floor;
const platform = process.platform === 'win32' ? 'win' : process.platform;
const packageName = `node-${platform}-${process.arch}`;
const folder = path.join(cacheFolder(), `node-${version}`);
const file = path.join(
  folder,
  'node_modules',
  packageName,
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** The executable, or undefined if it is not installed. */
export const findFloorNode = () => (existsSync(file) ? file : undefined);

export const ensureFloorNode = () =>
  ensureNpmFolder({
    folder,
    title: `Node ${version}, that of VS Code ${vscode}`,
    size: '40 MB',
    dependencies: { [packageName]: version },
  });
