// Node of the oldest supported VS Code, from npm: about 40 MB, installed once per user.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lock } from './locks.mjs';
import { run } from './processes.mjs';
import { cacheFolder, resultsFolder } from './paths.mjs';
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

/** Installs it. Where npm has no such package, its tests are skipped. */
export async function ensureFloorNode() {
  if (findFloorNode()) return;
  const unlock = await lock(`${folder}.lock`, `Another run is installing Node ${version}`);
  try {
    if (findFloorNode()) return;
    console.log(`Installing Node ${version}, that of VS Code ${vscode} (from npm, 40 MB)`);
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(path.join(unfinished, 'package.json'), '{ "private": true }\n');
    await run(
      'npm',
      ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${packageName}@${version}`],
      {
        cwd: unfinished,
        log: path.join(resultsFolder, 'logs', 'floor-node.log'),
        title: `Node ${version}`,
      },
    );
    renameSync(unfinished, folder);
  } catch (error) {
    console.log(`  Node ${version} cannot be installed (${error.message}). Its tests are skipped.`);
  } finally {
    unlock();
  }
}
