import fs from 'node:fs';
import path from 'node:path';

/** The path of part `number`: `name.jsonl` is 1, `name.2.jsonl` is 2. */
export function partPath(file: string, number: number): string {
  if (number === 1) return file;
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}.${number}${ext}`);
}

/** `name.jsonl` and the existing parts `name.2.jsonl`, `name.3.jsonl`, … */
export async function recordingParts(file: string): Promise<string[]> {
  const parts = [file];
  for (let number = 2; ; number++) {
    const part = partPath(file, number);
    if (!(await fileExists(part))) return parts;
    parts.push(part);
  }
}

export function fileExists(file: string): Promise<boolean> {
  return fs.promises.access(file).then(
    () => true,
    () => false,
  );
}
