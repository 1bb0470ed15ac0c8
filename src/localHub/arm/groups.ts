import type { AccountFile, GroupRecord } from '../account/accountFile';
import { localResourceGroup } from '../account/ids';
import { ownLocation } from '../account/locations';

const own: GroupRecord = { name: localResourceGroup, location: ownLocation, tags: {} };
const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The resource groups of the account; the group of the process's own hub always exists. */
export class ResourceGroups {
  private readonly deleting = new Set<string>();

  constructor(private readonly file: AccountFile) {}

  list(): readonly GroupRecord[] {
    const kept = this.file.current.groups;
    return kept.some(({ name }) => isSame(name, own.name)) ? kept : [own, ...kept];
  }

  find(name: string): GroupRecord | undefined {
    return this.list().find((group) => isSame(group.name, name));
  }

  isBeingDeleted(name: string): boolean {
    return this.deleting.has(name.toLowerCase());
  }

  save(group: GroupRecord): void {
    const others = this.file.current.groups.filter(({ name }) => !isSame(name, group.name));
    this.file.change({ groups: [...others, group] });
  }

  /** Accepts no new resources while `work` deletes the existing ones; the group is deleted afterwards, or kept if that fails. */
  async delete(name: string, work: () => Promise<void>): Promise<void> {
    this.deleting.add(name.toLowerCase());
    try {
      await work();
      this.file.change({ groups: this.file.current.groups.filter((group) => !isSame(group.name, name)) });
    } finally {
      this.deleting.delete(name.toLowerCase());
    }
  }
}
