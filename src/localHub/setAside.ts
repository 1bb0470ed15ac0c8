import fs from 'node:fs';

/**
 * A free name for a damaged file beside it: `hub.db.damaged-20260102T030405Z`.
 * @param suffixes of the files that are kept with it under the same name
 */
export function nameForDamaged(file: string, suffixes: readonly string[] = ['']): string {
  const stamp = new Date().toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '');
  const first = `${file}.damaged-${stamp}`;
  const isTaken = (name: string): boolean => suffixes.some((suffix) => fs.existsSync(`${name}${suffix}`));
  for (let count = 1; ; count++) {
    const name = count === 1 ? first : `${first}-${count}`;
    if (!isTaken(name)) return name;
  }
}

/** Renames a damaged file, so that nothing overwrites it. @returns its new name */
export function setAside(file: string): string {
  const name = nameForDamaged(file);
  fs.renameSync(file, name);
  return name;
}
