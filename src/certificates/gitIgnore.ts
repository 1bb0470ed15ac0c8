import { readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { IotError } from '../core/errors';
import { fileError, isNotFound, fileExists } from './files';

/** The work tree that the folder is in; the folder may not be there yet. */
export async function findGitWorkTree(folder: string): Promise<string | undefined> {
  for (let place = await realFolder(folder); ; place = path.dirname(place)) {
    // A file in work trees of `git worktree` and in submodules.
    if (await fileExists(path.join(place, '.git'))) return place;
    if (path.dirname(place) === place) return undefined;
  }
}

/**
 * Adds the folder to the `.gitignore` at the top of the work tree, unless it is there.
 * @throws IotError when the folder is not below the work tree, or the file cannot be written.
 */
export async function addToGitIgnore(workTree: string, folder: string): Promise<void> {
  const relative = path
    .relative(await realFolder(workTree), await realFolder(folder))
    .split(path.sep)
    .join('/');
  if (relative === '' || /^\.\.(\/|$)/.test(relative) || path.isAbsolute(relative)) {
    throw new IotError(
      'invalidInput',
      `${folder} is not below ${workTree}, so git cannot be told to ignore it.`,
    );
  }
  const file = path.join(workTree, '.gitignore');
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
    throw fileError('written', file, error);
  }
}

/** Without symbolic links, as far as the path is there. */
async function realFolder(folder: string): Promise<string> {
  const absolute = path.resolve(folder);
  try {
    return await realpath(absolute);
  } catch {
    const parent = path.dirname(absolute);
    return parent === absolute ? absolute : path.join(await realFolder(parent), path.basename(absolute));
  }
}
