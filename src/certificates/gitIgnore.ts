import { lstat, readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { IotError } from '../core/errors';
import { fileError, isNotFound, fileExists } from './files';

/** The working tree that contains the folder, which may not exist yet. */
export async function findGitWorkTree(folder: string): Promise<string | undefined> {
  for (let directory = await realFolder(folder); ; directory = path.dirname(directory)) {
    // `.git` is a file in linked working trees and submodules.
    if (await fileExists(path.join(directory, '.git'))) return directory;
    if (path.dirname(directory) === directory) return undefined;
  }
}

/**
 * Adds the folder to the `.gitignore` at the root of the working tree, unless it is already listed.
 * @throws IotError if the folder is not inside the working tree, or the file cannot be written
 */
export async function addToGitIgnore(workTree: string, folder: string): Promise<void> {
  const relative = path
    .relative(await realFolder(workTree), await realFolder(folder))
    .split(path.sep)
    .join('/');
  if (relative === '' || /^\.\.(\/|$)/.test(relative) || path.isAbsolute(relative)) {
    throw new IotError(
      'invalidInput',
      l10n.t('{0} is not inside {1}, so it cannot be added to .gitignore.', folder, workTree),
    );
  }
  const file = path.join(workTree, '.gitignore');
  // Git does not follow it either, and it may lead out of the working tree.
  if (await isLink(file)) {
    throw new IotError(
      'invalidInput',
      l10n.t('{0} is a symbolic link, which Git ignores, so {1} was not added to it.', file, folder),
    );
  }
  const line = `/${relative.replace(/[\\*?[\]#!]/g, '\\$&')}/`;
  const before = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isNotFound(error)) return '';
    throw fileError('read', file, error);
  });
  if (before.split(/\r?\n/).includes(line)) return;
  const lineBreak = before.includes('\r\n') ? '\r\n' : '\n';
  const start = before === '' || before.endsWith('\n') ? '' : lineBreak;
  try {
    await writeFile(file, `${start}${line}${lineBreak}`, { flag: 'a' });
  } catch (error) {
    throw fileError('write', file, error);
  }
}

const isLink = (file: string): Promise<boolean> =>
  lstat(file).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );

/** Resolves symbolic links in the existing part of the path. */
async function realFolder(folder: string): Promise<string> {
  const absolute = path.resolve(folder);
  try {
    return await realpath(absolute);
  } catch {
    const parent = path.dirname(absolute);
    return parent === absolute ? absolute : path.join(await realFolder(parent), path.basename(absolute));
  }
}
