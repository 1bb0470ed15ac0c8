// Files that differ from the main branch: committed, modified and new.
import { spawnSync } from 'node:child_process';
import { Failure } from './processes.mjs';
import { root } from './paths.mjs';

function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

/** @returns {string[]} paths relative to the project folder, without deleted files */
export function changedFiles() {
  const branch = ['main', 'origin/main', 'HEAD'].find((name) => git('rev-parse', '--verify', '-q', name));
  if (!branch)
    throw new Failure('test:fast requires git, because it lints the files that differ from the main branch.');
  const base = git('merge-base', 'HEAD', branch)?.trim() ?? 'HEAD';
  const changed = git('diff', '--name-only', '-z', '--diff-filter=d', base) ?? '';
  const added = git('ls-files', '--others', '--exclude-standard', '-z') ?? '';
  return [...new Set(`${changed}${added}`.split('\0').filter(Boolean))];
}
