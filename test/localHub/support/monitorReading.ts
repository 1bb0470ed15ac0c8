// The monitor's reader without its window.
import { EventHubConsumerClient } from '@azure/event-hubs';
import { expect } from 'vitest';
import { openEvents } from '../../../src/azure/events/index';
import { delay } from '../../../src/core/base/abort';
import { plainMessage } from '../../../src/core/errors';
import { type EventsTarget } from '../../../src/core/hub/eventHubConnection';
import { MessageBatcher } from '../../../src/core/message/messageBatcher';
import { type EventReading } from '../../../src/core/message/eventSource';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { MonitorReader } from '../../../src/features/monitor/lazy/monitorReader';
import { type Services } from '../../../src/services';

/** Detects what never arrives: a busy machine takes several times as long as a quiet one. */
const patienceMs = 240_000;

/** The monitor's reader without its window; `change` overrides options for tests. */
export class TestReader {
  /** Number of times each body was shown. */
  readonly shown = new Map<string, number>();
  /** Partition and sequence number of each message. */
  readonly shownPositions: string[] = [];
  readonly troubles: string[] = [];
  failure: string | undefined;
  recoveries = 0;
  readings = 0;
  private readonly controller = new AbortController();
  private readonly reader: MonitorReader;
  private readonly running: Promise<void>;
  private readonly arrivals = new MessageBatcher((messages) => this.take(messages));
  private onLive: () => void = () => undefined;
  readonly isLive = new Promise<void>((resolve) => (this.onLive = resolve));

  constructor(
    connection: EventsTarget | (() => EventsTarget),
    change: Partial<EventReading> = {},
    { consumerGroup = '$Default', seen }: { consumerGroup?: string; seen?: ReadonlyMap<string, number> } = {},
  ) {
    const services = {
      hubs: {
        events: async () => (typeof connection === 'function' ? connection() : connection),
        find: () => ({ status: 'ready' }),
        onDidChange: () => ({ dispose: () => undefined }),
      },
      events: {
        open: (reading: EventReading, signal: AbortSignal) => openEvents({ ...reading, ...change }, signal),
      },
    };
    this.reader = new MonitorReader(services as unknown as Services, 'hub', {
      onMessages: (messages) => this.arrivals.add(messages),
      onConnected: () => {
        this.readings++;
        this.onLive();
      },
      onTrouble: ({ message }) => this.troubles.push(message),
      onRecovered: () => this.recoveries++,
      onInterrupted: (error) => this.troubles.push(plainMessage(error)),
      onFailed: (error) => (this.failure = plainMessage(error)),
    });
    this.running = this.reader.read(
      { consumerGroup, start: { kind: 'now' }, ...(seen ? { seen } : {}) },
      this.controller.signal,
    );
  }

  get positions(): ReadonlyMap<string, number> {
    return this.reader.positions;
  }

  /** Waits until this and previous readers have shown `count` messages. A message that a device repeats has a new number. */
  async has(count: number, before: readonly TestReader[] = []): Promise<number> {
    const readers = [...before, this];
    const bodies = () => new Set(readers.flatMap(({ shown }) => [...shown.keys()]));
    const end = Date.now() + patienceMs;
    while (bodies().size < count && Date.now() < end) await delay(20);
    const shownPositions = readers.flatMap(({ shownPositions }) => shownPositions);
    expect({
      shown: bodies().size,
      twice: shownPositions.length - new Set(shownPositions).size,
      failure: this.failure,
    }).toEqual({ shown: count, twice: 0, failure: undefined });
    return bodies().size;
  }

  /** Resolves when it ends without being closed. */
  ended(): Promise<void> {
    return this.running;
  }

  async close(): Promise<void> {
    this.controller.abort();
    await this.running;
    this.arrivals.flush();
  }

  private take(messages: readonly ReceivedMessage[]): void {
    for (const { partitionId, sequenceNumber, body } of messages) {
      const text = Buffer.from(body).toString();
      this.shown.set(text, (this.shown.get(text) ?? 0) + 1);
      this.shownPositions.push(`${partitionId}/${sequenceNumber}`);
    }
  }
}

interface SubscribeHandlers {
  processEvents(events: readonly unknown[]): Promise<void>;
  processError(error: Error): Promise<void>;
}

/** Intercepts the SDK's calls to the handlers of a partition. @returns restores the original */
export function interceptSubscribe(
  change: (partitionId: string, handlers: SubscribeHandlers) => SubscribeHandlers,
): () => void {
  type Subscribe = (...args: unknown[]) => unknown;
  const prototype = EventHubConsumerClient.prototype as unknown as { subscribe: Subscribe };
  const { subscribe: original } = prototype;
  prototype.subscribe = function (this: unknown, ...args: unknown[]) {
    const [partitionId, handlers, ...rest] = args as [string, SubscribeHandlers, ...unknown[]];
    return original.call(this, partitionId, change(partitionId, handlers), ...rest);
  };
  return () => void (prototype.subscribe = original);
}
