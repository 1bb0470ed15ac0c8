// Which files differ from the main branch: committed, changed and new ones.
import { spawnSync } from 'node:child_process';
import { Failure } from './processes.mjs';
import { root } from './paths.mjs';

function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

/** @returns {string[]} paths from the project's folder, of files that are still there */
export function changedFiles() {
  const branch = ['main', 'origin/main', 'HEAD'].find((name) => git('rev-parse', '--verify', '-q', name));
  if (!branch) throw new Failure('test:fast needs git: it lints the files that differ from the main branch.');
  const base = git('merge-base', 'HEAD', branch)?.trim() ?? 'HEAD';
  const changed = git('diff', '--name-only', '-z', '--diff-filter=d', base) ?? '';
  const added = git('ls-files', '--others', '--exclude-standard', '-z') ?? '';
  return [...new Set(`${changed}${added}`.split('\0').filter(Boolean))];
}
