// File times: build results are used again until a source is newer.
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** The newest modification time (ms) of the files in these paths of the project. */
export function newest(...places) {
  return Math.max(
    0,
    ...places.map((place) => {
      const full = path.resolve(root, place);
      if (!existsSync(full)) return 0;
      const stat = statSync(full);
      if (!stat.isDirectory()) return stat.mtimeMs;
      return Math.max(stat.mtimeMs, ...readdirSync(full).map((name) => newest(path.join(full, name))));
    }),
  );
}
