import * as l10n from '@vscode/l10n';
import {
  type EventHubConsumerClient,
  type EventPosition,
  type ReceivedEventData,
  type Subscription,
} from '@azure/event-hubs';
import { abortError, delay, isAbort, timeLimit } from '../../core/base/abort';
import { backoffMs } from '../../core/base/backoff';
import { IotError } from '../../core/errors';
import { type PartitionPositions } from '../../core/message/partitionPositions';

const maxBatchSize = 500;
const maxWaitTimeInSeconds = 0.2;
const closeMs = 3_000;

export interface PartitionHandlers {
  /** New ones only, in order. */
  onEvents(events: readonly ReceivedEventData[], partitionId: string): void;
  /** It is tried again after this. */
  onTrouble(error: IotError): void;
  onRecovered(): void;
  /** It is not tried again. */
  onFinal(error: IotError): void;
  failure(error: unknown): IotError;
}

/**
 * Reads one partition indefinitely: when its reading ends, it is opened again after the last message, independently
 * of the other partitions.
 */
export class PartitionReading {
  private readonly controller = new AbortController();
  private subscription: Subscription | undefined;
  private attempt = 0;
  private isInTrouble = false;
  private pause = new AbortController();
  private interrupt: (reason: unknown) => void = () => undefined;
  /** Position at the last check. */
  private stoodAt: number | undefined;
  readonly ended: Promise<void>;

  constructor(
    private readonly client: EventHubConsumerClient,
    readonly partitionId: string,
    private readonly start: EventPosition,
    private readonly positions: PartitionPositions,
    private readonly handlers: PartitionHandlers,
  ) {
    this.ended = this.run();
  }

  get hasTrouble(): boolean {
    return this.isInTrouble;
  }

  /**
   * Opens it again when the partition has messages that do not arrive: twice at the same position, with newer ones.
   * @param last sequence number of the partition's newest message
   */
  checkProgress(last: number): void {
    const at = this.positions.all.get(this.partitionId);
    // No message arrived yet: existing ones may be older than the start.
    if (at === undefined) return;
    const isStuck = last > at && this.stoodAt === at;
    this.stoodAt = last > at ? at : undefined;
    if (isStuck) this.interrupt(stuck(this.partitionId));
  }

  /** The connection works again, as another partition has seen: no need to wait. */
  tryNow(): void {
    this.pause.abort();
  }

  async close(): Promise<void> {
    this.controller.abort(abortError());
    await this.ended;
  }

  private async run(): Promise<void> {
    const { signal } = this.controller;
    while (!signal.aborted) {
      const error = await this.read(signal);
      if (signal.aborted) return;
      if (isFinal(error)) return this.handlers.onFinal(error);
      this.trouble(error);
      await this.waitForNextTry(signal);
    }
  }

  private async waitForNextTry(signal: AbortSignal): Promise<void> {
    this.pause = new AbortController();
    await delay(backoffMs(this.attempt++), AbortSignal.any([signal, this.pause.signal])).catch(
      (reason: unknown) => {
        if (!isAbort(reason)) throw reason;
      },
    );
  }

  /** Resolves with the reason when reading has ended, or was closed. */
  private async read(signal: AbortSignal): Promise<IotError> {
    const { client, partitionId, positions } = this;
    const last = positions.all.get(partitionId);
    const startPosition =
      last === undefined || last < 0 ? this.start : { sequenceNumber: last, isInclusive: false };
    let isOpen = true;
    const reason = await new Promise<unknown>((resolve) => {
      this.interrupt = resolve;
      if (signal.aborted) return resolve(signal.reason);
      signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
      this.subscription = client.subscribe(
        partitionId,
        {
          processEvents: async (events) => {
            if (isOpen && !signal.aborted) this.take(events);
          },
          processError: async (error) => {
            if (!isOpen || signal.aborted) return;
            // What the SDK does not retry ends the partition.
            if ('retryable' in error && error.retryable === true) this.trouble(this.handlers.failure(error));
            else resolve(error);
          },
        },
        { startPosition, maxBatchSize, maxWaitTimeInSeconds, skipParsingBodyAsJson: true },
      );
    });
    isOpen = false;
    // A link without a connection does not confirm that it is closed.
    const closing = this.subscription?.close() ?? Promise.resolve();
    await timeLimit(closing, closeMs, abortError).catch(() => undefined);
    this.subscription = undefined;
    return this.handlers.failure(reason);
  }

  private take(events: readonly ReceivedEventData[]): void {
    const fresh = this.positions.takeNew(this.partitionId, events);
    if (fresh.length > 0) this.handlers.onEvents(fresh, this.partitionId);
    if (fresh.length > 0) this.attempt = 0;
    if (!this.isInTrouble) return;
    this.isInTrouble = false;
    this.attempt = 0;
    this.handlers.onRecovered();
  }

  private trouble(error: IotError): void {
    const isNew = !this.isInTrouble;
    this.isInTrouble = true;
    if (isNew) this.handlers.onTrouble(error);
  }
}

const stuck = (partitionId: string) =>
  new IotError(
    'timeout',
    l10n.t('Messages of partition {0} are not arriving. Reopening the partition.', partitionId),
  );

/** The next attempt would fail in the same way, with the same address, key and CA. */
const isFinal = ({ code }: IotError): boolean =>
  code === 'unauthorized' ||
  code === 'untrusted' ||
  code === 'notFound' ||
  code === 'refused' ||
  code === 'quotaExceeded';
