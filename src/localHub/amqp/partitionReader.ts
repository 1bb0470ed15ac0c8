import type { Dictionary, Sender } from 'rhea';
import type { EventLog } from '../state/eventLog';
import type { StoredEvent } from '../state/events';
import type { Channel } from './channel';
import { encodeEvent, runtimeMetrics, type EncodedEvents } from './message';
import { drained, presettle, sendRoom, type AmqpErrorInfo } from './rheaInternals';

export interface ReaderOptions {
  readonly sender: Sender;
  readonly channel: Channel;
  readonly events: EventLog;
  readonly encoded: EncodedEvents;
  readonly now: () => number;
  readonly group: string;
  readonly partition: number;
  /** Sequence number of the first event to send. */
  readonly from: number;
  /** Owner level; absent in a reader that shares the partition. */
  readonly epoch?: number;
  /** Names this reader in error messages to other readers. */
  readonly name: string;
  /** The reader asked for `com.microsoft:enable-receiver-runtime-metric`. */
  readonly withMetrics: boolean;
  readonly onFailure: (error: unknown) => void;
  readonly onDisposed: (reader: PartitionReader) => void;
}

const batchCount = 200;
const batchBytes = 512 * 1024;
const blockedRetryMs = 10;

/**
 * Sends the events of a partition over one link, in order, within the credit that the client granted. It works in
 * small batches, one for each turn of the event loop, so that a reader that catches up does not delay others.
 */
export class PartitionReader {
  private next: number;
  private scheduled: NodeJS.Immediate | undefined;
  private retry: NodeJS.Timeout | undefined;
  private draining = false;
  private disposed = false;
  private readonly stopListening: () => void;
  private stopWaiting: (() => void) | undefined;

  constructor(readonly options: ReaderOptions) {
    const { sender, events, partition } = options;
    this.next = options.from;
    presettle(sender);
    this.stopListening = events.onAppended(partition, () => {
      this.wake();
    });
    sender.on('sendable', () => {
      this.wake();
    });
    sender.on('sender_draining', () => {
      this.draining = true;
      this.wake();
    });
  }

  /** Closes the link with an error. */
  close(error: AmqpErrorInfo): void {
    this.dispose();
    this.options.sender.close(error);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.stopListening();
    this.stopWaiting?.();
    if (this.scheduled) clearImmediate(this.scheduled);
    clearTimeout(this.retry);
    this.options.sender.removeAllListeners();
    this.options.onDisposed(this);
  }

  private wake(): void {
    if (this.disposed || this.scheduled) return;
    this.scheduled = setImmediate(() => {
      this.scheduled = undefined;
      try {
        this.send();
      } catch (error) {
        this.dispose();
        this.options.onFailure(error);
      }
    });
  }

  private send(): void {
    const { sender, channel, events, partition } = this.options;
    this.stopWaiting?.();
    clearTimeout(this.retry);
    if (channel.isCongested) {
      this.stopWaiting = channel.onDrained(() => {
        this.wake();
      });
      return;
    }
    const room = sendRoom(sender);
    const batch = room.count > 0 ? events.read(partition, this.next, Math.min(batchCount, room.count)) : [];
    let bytes = 0;
    for (const event of batch) {
      const encoded = this.encode(event);
      sender.send(encoded, undefined, 0);
      this.next = event.sequenceNumber + 1;
      bytes += encoded.length;
      if (bytes > batchBytes) break;
    }
    if (batch.length > 0) this.wake();
    else if (room.blocked) {
      // rhea raises no event when the session window reopens.
      this.retry = setTimeout(() => {
        this.wake();
      }, blockedRetryMs);
    } else if (this.draining) {
      this.draining = false;
      drained(sender);
    }
  }

  private encode(event: StoredEvent): Buffer {
    const { encoded, events, partition, withMetrics, now } = this.options;
    if (!withMetrics) return encoded.get(event);
    const metrics: Dictionary<unknown> = runtimeMetrics(events.state(partition), now());
    return encodeEvent(event, metrics);
  }
}
