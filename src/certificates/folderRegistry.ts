import path from 'node:path';
import { isIotError } from '../core/errors';
import { createFolder, readText, withLock, writeOver } from './files';

/** JSON list of the created folders, to find them again after the default location has changed. */
export class FolderRegistry {
  constructor(private readonly file: string) {}

  async list(): Promise<readonly string[]> {
    let text: string;
    try {
      text = await readText(this.file);
    } catch (error) {
      if (isIotError(error) && error.code === 'notFound') return [];
      throw error;
    }
    try {
      const value: unknown = JSON.parse(text);
      return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
    } catch {
      return [];
    }
  }

  add(folder: string): Promise<void> {
    return this.change((folders) => (folders.includes(folder) ? folders : [...folders, folder]));
  }

  remove(folder: string): Promise<void> {
    return this.change((folders) => folders.filter((other) => other !== folder));
  }

  /** Locked, because other windows write it too. */
  private async change(next: (folders: readonly string[]) => readonly string[]): Promise<void> {
    await createFolder(path.dirname(this.file));
    await withLock(this.file, async () => {
      const before = await this.list();
      const after = next(before);
      if (after.length === before.length) return;
      await writeOver(this.file, `${JSON.stringify(after, null, 2)}\n`);
    });
  }
}
