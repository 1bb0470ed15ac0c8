import type { KeyValueStore } from './keyValueStore';

export const defaultConsumerGroup = '$Default';
const key = 'consumerGroups';
/** @see https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas */
const maxGroups = 20;

export interface ConsumerGroup {
  readonly name: string;
  /** Milliseconds. */
  readonly createdAtMs: number;
}

/** A consumer group cannot be created or deleted; the message is for the client. */
export class ConsumerGroupError extends Error {}

/** The consumer groups of the event endpoint, which always include `$Default`. */
export class ConsumerGroups {
  private readonly groups = new Map<string, ConsumerGroup>();
  private readonly listeners = new Set<(name: string) => void>();

  /** Without `meta` they are not stored. */
  constructor(
    private readonly meta?: KeyValueStore,
    private readonly now: () => number = Date.now,
  ) {
    const stored = (meta?.getJson(key) ?? []) as ConsumerGroup[];
    for (const group of [{ name: defaultConsumerGroup, createdAtMs: now() }, ...stored]) {
      this.groups.set(group.name.toLowerCase(), group);
    }
  }

  list(): readonly ConsumerGroup[] {
    return [...this.groups.values()];
  }

  /** Case-insensitive, as in the service. */
  find(name: string): ConsumerGroup | undefined {
    return this.groups.get(name.toLowerCase());
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** Creates the group unless it exists. @throws ConsumerGroupError */
  put(name: string): ConsumerGroup {
    const existing = this.find(name);
    if (existing) return existing;
    if (!/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,48}[A-Za-z0-9])?$/.test(name)) {
      throw new ConsumerGroupError(
        `'${name}' is not a valid consumer group name: 1 to 50 letters, digits, '.', '-' and '_', with a letter or a digit at both ends.`,
      );
    }
    if (this.groups.size >= maxGroups) {
      throw new ConsumerGroupError(
        `The event endpoint already has the maximum of ${maxGroups} consumer groups.`,
      );
    }
    const group = { name, createdAtMs: this.now() };
    this.store([...this.list(), group]);
    this.groups.set(name.toLowerCase(), group);
    return group;
  }

  /** @returns whether it existed. @throws ConsumerGroupError for `$Default` */
  remove(name: string): boolean {
    if (name.toLowerCase() === defaultConsumerGroup.toLowerCase()) {
      throw new ConsumerGroupError(`The consumer group ${defaultConsumerGroup} cannot be deleted.`);
    }
    const existing = this.find(name);
    if (!existing) return false;
    this.store(this.list().filter((group) => group !== existing));
    this.groups.delete(name.toLowerCase());
    for (const listener of this.listeners) listener(name);
    return true;
  }

  onRemoved(listener: (name: string) => void): void {
    this.listeners.add(listener);
  }

  private store(groups: readonly ConsumerGroup[]): void {
    const own = groups.filter(({ name }) => name !== defaultConsumerGroup);
    this.meta?.set(key, JSON.stringify(own));
  }
}
