import type { Meta } from './meta';

export const defaultConsumerGroup = '$Default';
const key = 'consumerGroups';
/** @see https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas */
const mostGroups = 20;

export interface ConsumerGroup {
  readonly name: string;
  /** Milliseconds. */
  readonly createdAtMs: number;
}

/** Why a consumer group cannot be made or deleted. */
export class ConsumerGroupRefusal extends Error {}

/** The consumer groups of the event endpoint. `$Default` is always one of them. */
export class ConsumerGroups {
  private readonly groups = new Map<string, ConsumerGroup>();
  private readonly listeners = new Set<(name: string) => void>();

  /** Without a place to keep them they are gone with the hub. */
  constructor(
    private readonly meta?: Meta,
    private readonly now: () => number = Date.now,
  ) {
    const kept = JSON.parse(meta?.get(key) ?? '[]') as ConsumerGroup[];
    for (const group of [{ name: defaultConsumerGroup, createdAtMs: now() }, ...kept]) {
      this.groups.set(group.name.toLowerCase(), group);
    }
  }

  list(): readonly ConsumerGroup[] {
    return [...this.groups.values()];
  }

  /** Without regard to case, as the service compares them. */
  find(name: string): ConsumerGroup | undefined {
    return this.groups.get(name.toLowerCase());
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** Makes it unless it is there. @throws ConsumerGroupRefusal */
  put(name: string): ConsumerGroup {
    const known = this.find(name);
    if (known) return known;
    if (!/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,48}[A-Za-z0-9])?$/.test(name)) {
      throw new ConsumerGroupRefusal(
        `'${name}' is not a valid consumer group name: 1 to 50 letters, digits, '.', '-' and '_', with a letter or a digit at both ends.`,
      );
    }
    if (this.groups.size >= mostGroups) {
      throw new ConsumerGroupRefusal(`The event endpoint has its ${mostGroups} consumer groups already.`);
    }
    const group = { name, createdAtMs: this.now() };
    this.groups.set(name.toLowerCase(), group);
    this.keep();
    return group;
  }

  /** @returns whether it was there. @throws ConsumerGroupRefusal for `$Default` */
  remove(name: string): boolean {
    if (name.toLowerCase() === defaultConsumerGroup.toLowerCase()) {
      throw new ConsumerGroupRefusal(`The consumer group ${defaultConsumerGroup} cannot be deleted.`);
    }
    if (!this.groups.delete(name.toLowerCase())) return false;
    this.keep();
    for (const listener of this.listeners) listener(name);
    return true;
  }

  onRemoved(listener: (name: string) => void): void {
    this.listeners.add(listener);
  }

  private keep(): void {
    const own = this.list().filter(({ name }) => name !== defaultConsumerGroup);
    this.meta?.set(key, JSON.stringify(own));
  }
}
