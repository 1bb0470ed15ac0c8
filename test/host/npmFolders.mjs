// Folders of npm packages that only some tests need, installed once per user. Where npm does not have them, these tests
// are skipped.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lock } from './locks.mjs';
import { run } from './processes.mjs';
import { resultsFolder } from './paths.mjs';

/**
 * Installs packages into a folder, unless it exists.
 * @param {{ folder: string, title: string, size: string, dependencies: Record<string, string> }} wanted
 */
export async function ensureNpmFolder({ folder, title, size, dependencies }) {
  if (existsSync(folder)) return;
  const unlock = await lock(`${folder}.lock`, `Another run is installing ${title}`);
  try {
    if (existsSync(folder)) return;
    console.log(`Installing ${title} (from npm, ${size})`);
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(path.join(unfinished, 'package.json'), JSON.stringify({ private: true, dependencies }));
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
      cwd: unfinished,
      log: path.join(resultsFolder, 'logs', `${path.basename(folder)}.log`),
      title,
    });
    renameSync(unfinished, folder);
  } catch (error) {
    console.log(`  ${title} cannot be installed (${error.message}). The tests are skipped.`);
  } finally {
    unlock();
  }
}
