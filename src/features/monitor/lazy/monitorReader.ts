import * as l10n from '@vscode/l10n';
import { abortable, delay, isAbort } from '../../../core/base/abort';
import { backoffMs } from '../../../core/base/backoff';
import { isIotError } from '../../../core/errors';
import { type EventSubscription, type StartPosition } from '../../../core/message/eventSource';
import { type ReceivedMessage } from '../../../core/message/receivedMessage';
import { type Services } from '../../../services';
import { proxySettings } from '../../../workbench/proxySettings';
import { setting } from '../../../workbench/settings';

/** Retries after an unknown key or entity: a hub that was reset has new ones. */
const maxRetries = 3;
/**
 * Retries of an established reader when the consumer group has too many readers: the hub counts the links of a lost
 * connection, including the reader's own, for about a minute.
 */
const maxFullRetries = 7;
/** A reader that has read this long was not refused; refusals are reported immediately. */
const steadyMs = 3_000;

export interface ReaderHandlers {
  onMessages(messages: readonly ReceivedMessage[]): void;
  /** @param isAgain after an interruption */
  onConnected(isAgain: boolean): void;
  /** The reader recovers by itself and then calls `onRecovered`. */
  onTrouble(error: Error): void;
  onRecovered(): void;
  /** Reading was interrupted and is retried. */
  onInterrupted(error: unknown): void;
  /** Reading has failed and is not retried. @param wasLive whether it ever connected */
  onFailed(error: unknown, wasLive: boolean): void;
}

export interface ReaderStart {
  readonly consumerGroup: string;
  readonly start: StartPosition;
  /** `positions` of an earlier reader: reading continues after them. */
  readonly seen?: ReadonlyMap<string, number>;
}

/** Reads the events of a hub until it is aborted. After an interruption it continues where it stopped. */
export class MonitorReader {
  private seen: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly services: Pick<Services, 'hubs' | 'events'>,
    private readonly hubId: string,
    private readonly handlers: ReaderHandlers,
  ) {}

  /** Sequence number of the last message by partition, whatever the consumer group; known when reading has ended. */
  get positions(): ReadonlyMap<string, number> {
    return this.seen;
  }

  /** Resolves when it is aborted, or has failed permanently. */
  async read(reading: ReaderStart, signal: AbortSignal): Promise<void> {
    const { handlers } = this;
    this.seen = reading.seen ?? new Map<string, number>();
    let wasLive = false;
    let wasSteady = false;
    let full = 0;
    for (let attempt = 0; !signal.aborted; attempt++) {
      let subscription: EventSubscription | undefined;
      const restart = this.watchHub();
      let isOver: boolean;
      let openedAt = Infinity;
      try {
        subscription = await this.open(reading, signal);
        openedAt = performance.now();
        signal.throwIfAborted();
        handlers.onConnected(wasLive);
        wasLive = true;
        attempt = 0;
        throw await abortable(Promise.race([subscription.broken, restart.returned]), signal);
      } catch (error) {
        // Before it is closed: messages that arrive from here on are read again.
        if (subscription) this.seen = new Map(subscription.positions);
        if (performance.now() - openedAt >= steadyMs) [wasSteady, full] = [true, 0];
        if (isFull(error)) full++;
        isOver = signal.aborted || !wasLive || isFinal(error, attempt, wasSteady ? full : Infinity);
        if (!signal.aborted && isOver) handlers.onFailed(error, wasLive);
        if (!isOver) handlers.onInterrupted(error);
      } finally {
        restart.dispose();
        await subscription?.close();
      }
      if (isOver) return;
      await this.waitForNextTry(Math.max(attempt, full - 1), signal);
    }
  }

  private async open({ consumerGroup, start }: ReaderStart, signal: AbortSignal): Promise<EventSubscription> {
    const { handlers } = this;
    return this.services.events.open(
      {
        connection: await this.services.hubs.events(this.hubId, signal),
        consumerGroup,
        transport: setting('monitor.transport'),
        proxy: proxySettings(),
        start,
        seen: this.seen,
        onMessages: (messages) => handlers.onMessages(messages),
        onTrouble: (error) => handlers.onTrouble(error),
        onRecovered: () => handlers.onRecovered(),
      },
      signal,
    );
  }

  private get isHubReady(): boolean {
    return this.services.hubs.find(this.hubId)?.status === 'ready';
  }

  /** Waits until the hub is ready, since connecting to a stopped one would start it. */
  private async waitForNextTry(attempt: number, signal: AbortSignal): Promise<void> {
    try {
      await delay(backoffMs(attempt, { first: 1_000 }), signal);
      while (!this.isHubReady) await delay(500, signal);
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  }

  /** `returned` resolves when the hub was stopped and is running again, possibly on other ports. */
  private watchHub(): { readonly returned: Promise<Error>; dispose(): void } {
    let dispose = () => undefined as void;
    const returned = new Promise<Error>((resolve) => {
      let wasAway = false;
      const subscription = this.services.hubs.onDidChange(() => {
        if (wasAway && this.isHubReady) resolve(new Error(l10n.t('The hub was restarted.')));
        wasAway ||= !this.isHubReady;
      });
      dispose = () => subscription.dispose();
    });
    return { returned, dispose: () => dispose() };
  }
}

/** The consumer group has as many readers as it allows. */
const isFull = (error: unknown) => isIotError(error) && error.code === 'quotaExceeded';

/** Whether a retry would only alternate with another reader, or be refused each time. */
function isFinal(error: unknown, attempt: number, full: number): boolean {
  if (!isIotError(error)) return false;
  if (error.code === 'refused') return true;
  if (isFull(error)) return full > maxFullRetries;
  return (error.code === 'unauthorized' || error.code === 'notFound') && attempt >= maxRetries;
}
