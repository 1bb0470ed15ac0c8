import type { PartitionReader } from './partitionReader';
import type { AmqpErrorInfo } from './rheaInternals';

export interface Admission {
  readonly group: string;
  readonly partition: number;
  readonly epoch?: number;
}

/** @see https://learn.microsoft.com/azure/event-hubs/event-hubs-event-processor-host#epoch and -quotas */
const maxSharedReaders = 5;
const stolen = 'amqp:link:stolen';

/**
 * The readers of each partition. A reader with an epoch owns its partition within the consumer group: a newer one with
 * the same or a higher epoch takes it over, others are refused. Without epochs, up to five readers share it.
 */
export class EventReaders {
  private readonly readers = new Map<string, Set<PartitionReader>>();

  private at({ group, partition }: Admission): Set<PartitionReader> {
    const key = `${partition}/${group.toLowerCase()}`;
    let set = this.readers.get(key);
    if (!set) this.readers.set(key, (set = new Set()));
    return set;
  }

  get count(): number {
    let count = 0;
    for (const set of this.readers.values()) count += set.size;
    return count;
  }

  /** Admits a reader, closing those that it replaces, or returns why it is refused. */
  admit(admission: Admission): AmqpErrorInfo | undefined {
    const present = [...this.at(admission)];
    const owner = present.find((reader) => reader.options.epoch !== undefined);
    const ownerEpoch = owner?.options.epoch ?? 0;
    const { epoch } = admission;
    if (epoch === undefined) {
      if (owner) {
        return {
          condition: stolen,
          description: `At least one receiver for the endpoint is created with epoch of '${ownerEpoch}', and so non-epoch receiver is not allowed. Either reconnect with a higher epoch, or make sure all epoch receivers are closed or disconnected.`,
        };
      }
      if (present.length >= maxSharedReaders) {
        const names = present.map((reader) => reader.options.name).join(', ');
        return {
          condition: 'amqp:resource-limit-exceeded',
          description: `Exceeded the maximum number of allowed receivers per partition in a consumer group which is ${maxSharedReaders}. List of connected receivers - ${names}.`,
        };
      }
      return undefined;
    }
    if (owner && ownerEpoch > epoch) {
      return {
        condition: stolen,
        description: `A receiver with a higher epoch '${ownerEpoch}' already exists. A new receiver with epoch '${epoch}' cannot be created. Make sure you are creating receiver with increasing epoch value to ensure connectivity, or ensure all old epoch receivers are closed or disconnected.`,
      };
    }
    for (const reader of present) {
      reader.close({
        condition: stolen,
        description: `New receiver with higher epoch of '${epoch}' is created hence current receiver '${reader.options.name}' with epoch '${reader.options.epoch ?? 'none'}' is getting disconnected. If you are recreating the receiver, make sure a higher epoch is used.`,
      });
    }
    return undefined;
  }

  /** Closes the readers of a deleted consumer group. */
  closeGroup(name: string): void {
    for (const set of this.readers.values()) {
      for (const reader of [...set]) {
        if (reader.options.group.toLowerCase() !== name.toLowerCase()) continue;
        reader.close({
          condition: 'amqp:not-found',
          description: `The messaging entity 'ConsumerGroups/${name}' could not be found.`,
        });
      }
    }
  }

  add(reader: PartitionReader): void {
    this.at(reader.options).add(reader);
  }

  remove(reader: PartitionReader): void {
    this.at(reader.options).delete(reader);
  }
}
