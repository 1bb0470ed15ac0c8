import type { LogLevel } from '../control/contract';
import type { Hub } from '../hub';
import { newEntityTag } from '../state/entityTag';
import type { AccountFile, HubRecord, ProvisioningState } from './accountFile';
import { hubFolder, removeHubFolder, setHubFolderAside } from './hubFolder';
import { ownHubName } from './ids';
import { findLocation } from './locations';
import { OperationError, type Operation, type Operations } from './operations';
import { findTier } from './tiers';

export interface HubsOptions {
  readonly dataFolder: string;
  readonly open: (record: HubRecord) => Promise<Hub>;
  /** How long a hub stays in `Activating` and `Deleting`. */
  readonly phaseMs: number;
  readonly log: (level: LogLevel, text: string) => void;
}

export const dayMs = 24 * 60 * 60 * 1000;
const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The hubs of the account: their records, and the running hubs. */
export class Hubs {
  private readonly running = new Map<string, Hub>();

  constructor(
    private readonly file: AccountFile,
    private readonly operations: Operations,
    private readonly options: HubsOptions,
  ) {}

  list(): readonly HubRecord[] {
    return [...this.file.current.hubs].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  }

  find(name: string): HubRecord | undefined {
    return this.file.current.hubs.find((hub) => isSame(hub.name, name));
  }

  /** The running hub, once it is active. */
  hub(name: string): Hub | undefined {
    return this.running.get(name.toLowerCase());
  }

  /** Adds the process's own hub, which starts and stops with the process. */
  addOwnHub(hub: Hub, record: Omit<HubRecord, 'etag'>): void {
    const existing = this.find(record.name);
    const { port, partitionCount, retentionDays } = record;
    this.note(
      existing ? { ...existing, port, partitionCount, retentionDays } : { ...record, etag: newEntityTag() },
    );
    this.running.set(record.name.toLowerCase(), hub);
    hub.setAccess((existing ?? record).access);
  }

  /** Opens the hubs that existed when the last process ended, and completes interrupted operations. */
  async restore(): Promise<void> {
    for (const record of this.list().filter(({ name }) => name !== ownHubName)) {
      if (record.provisioningState === 'Deleting') await this.destroy(record.name).catch(() => undefined);
      // One that was active before failed only at the last start.
      else if (record.provisioningState !== 'Failed' || record.port !== 0)
        await this.activate(record).catch(() => undefined);
    }
  }

  /** @param prepare applies the initial settings, once the hub is open */
  create(
    given: Omit<HubRecord, 'etag' | 'provisioningState' | 'port'>,
    prepare: (hub: Hub) => void,
  ): Operation {
    const record: HubRecord = { ...given, etag: newEntityTag(), provisioningState: 'Activating', port: 0 };
    const aside = setHubFolderAside(this.folderOf(record.name));
    if (aside !== undefined)
      this.options.log('warn', `ARM: the data of an earlier hub '${record.name}' was set aside as ${aside}`);
    this.save(record);
    this.options.log('info', `ARM: creating hub '${record.name}'`);
    const run = async (): Promise<void> => {
      await this.operations.pause(this.options.phaseMs);
      await this.activate(record, prepare);
    };
    return this.operations.start('create', run, record.name);
  }

  /** @returns the updated record */
  update(name: string, change: Partial<Omit<HubRecord, 'name' | 'etag'>>): HubRecord {
    const existing = this.require(name);
    const record = { ...existing, ...change, etag: newEntityTag() };
    this.save(record);
    const hub = this.hub(name);
    if (hub && change.access) hub.setAccess(change.access);
    if (hub && change.retentionDays !== undefined) hub.setRetention(change.retentionDays * dayMs);
    const tier = change.sku && name !== ownHubName ? findTier(change.sku.name) : undefined;
    if (tier) hub?.context.quota.setLimit(tier.messagesPerDay * record.sku.units);
    return record;
  }

  delete(name: string): Operation {
    this.setState(name, 'Deleting');
    return this.operations.start('delete', () => this.destroy(name), name);
  }

  /** Closes a hub and deletes its data, after its activation has ended. */
  async destroy(name: string): Promise<void> {
    while (this.find(name)?.provisioningState === 'Activating') await this.operations.pause(50);
    if (!this.find(name)) return;
    this.setState(name, 'Deleting');
    await this.operations.pause(this.options.phaseMs);
    try {
      await this.hub(name)?.close();
      this.running.delete(name.toLowerCase());
      this.forget(name);
    } catch (error) {
      // It can be deleted again in this state.
      this.note({ ...this.require(name), provisioningState: 'Failed' });
      throw error;
    }
    this.options.log('info', `ARM: deleted hub '${name}'`);
  }

  /** Closes the hubs that were created in ARM; the process's own hub closes with the process. */
  async close(): Promise<void> {
    const created = [...this.running].filter(([name]) => name !== ownHubName);
    await Promise.all(created.map(([, hub]) => hub.close()));
  }

  private async activate(record: HubRecord, prepare?: (hub: Hub) => void): Promise<void> {
    const { name } = record;
    try {
      const location = findLocation(record.location);
      if (location?.isFull) {
        throw new OperationError(
          'IotHubActivationFailed',
          `The IoT hub '${name}' could not be activated: the region '${location.displayName}' is at capacity. Choose another region.`,
        );
      }
      const hub = await this.options.open(record);
      this.running.set(name.toLowerCase(), hub);
      prepare?.(hub);
      const { localPort: port, ownAddress } = hub;
      if (record.port !== 0 && record.port !== port) {
        this.options.log('warn', `Port ${record.port} of hub '${name}' is in use: the hub uses port ${port}`);
      }
      hub.setAccess(record.access);
      if (ownAddress !== undefined && record.address !== undefined && record.address !== ownAddress) {
        this.options.log(
          'warn',
          `${record.address} of hub '${name}' is in use: the hub has the address ${ownAddress}`,
        );
      }
      this.note({
        ...record,
        provisioningState: 'Succeeded',
        port,
        ...(ownAddress === undefined ? {} : { address: ownAddress }),
      });
      this.options.log(
        'info',
        ownAddress === undefined
          ? `ARM: hub '${name}' is active on ${hub.context.hostName}:${port}`
          : `ARM: hub '${name}' is active on ${ownAddress}, and locally on port ${port}`,
      );
    } catch (error) {
      await this.hub(name)?.close();
      this.running.delete(name.toLowerCase());
      this.note({ ...this.require(name), provisioningState: 'Failed' });
      this.options.log(
        'error',
        `Hub '${name}' failed to start: ${error instanceof Error ? error.message : String(error)}`,
      );
      throw error;
    }
  }

  private setState(name: string, provisioningState: ProvisioningState): void {
    this.save({ ...this.require(name), provisioningState });
  }

  private require(name: string): HubRecord {
    const existing = this.find(name);
    if (!existing) throw new Error(`Hub '${name}' does not exist.`);
    return existing;
  }

  private folderOf(name: string): string {
    return hubFolder(this.options.dataFolder, name);
  }

  /** @throws StorageError */
  private save(record: HubRecord): void {
    this.file.change({ hubs: [...this.others(record), record] });
  }

  /** Stores what has happened, now or with the next change. */
  private note(record: HubRecord): void {
    this.file.note({ hubs: [...this.others(record), record] });
  }

  private others(record: HubRecord): HubRecord[] {
    return this.file.current.hubs.filter(({ name }) => !isSame(name, record.name));
  }

  private forget(name: string): void {
    removeHubFolder(this.folderOf(name));
    this.file.change({ hubs: this.file.current.hubs.filter((hub) => !isSame(hub.name, name)) });
  }
}
