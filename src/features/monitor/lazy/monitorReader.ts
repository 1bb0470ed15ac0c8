import { abortable, delay, isAbort } from '../../../core/base/abort';
import { backoffMs } from '../../../core/base/backoff';
import { isIotError } from '../../../core/errors';
import { type EventSubscription, type StartPosition } from '../../../core/message/eventSource';
import { type ReceivedMessage } from '../../../core/message/receivedMessage';
import { type Services } from '../../../services';
import { proxySettings } from '../../../workbench/proxySettings';
import { setting } from '../../../workbench/settings';

/** How often a key or an entity that the hub does not know is tried again: a hub that begins anew has others. */
const lastTry = 3;
/**
 * How often a consumer group that is full is tried again by a reader that has read: links of a line that died count
 * for a while, those of its own too. It takes a minute or so.
 */
const lastFullTry = 7;
/** Who read for so long was not refused, which is told at once. */
const steadyMs = 3_000;

export interface ReaderHandlers {
  onMessages(messages: readonly ReceivedMessage[]): void;
  /** @param isAgain after an interruption */
  onConnected(isAgain: boolean): void;
  /** The reader gets over it by itself; `onRecovered` says when. */
  onTrouble(error: Error): void;
  onRecovered(): void;
  /** It is tried again. */
  onInterrupted(error: unknown): void;
  /** It is not. @param wasLive whether it could be read at all */
  onFailed(error: unknown, wasLive: boolean): void;
}

export interface ReaderStart {
  readonly consumerGroup: string;
  readonly start: StartPosition;
  /** `positions` of a reader before: goes on behind them. */
  readonly seen?: ReadonlyMap<string, number>;
}

/** Reads the events of a hub for as long as it takes: whatever ends the reading, it goes on where it stood. */
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

  /** Resolves when it is aborted, or has failed for good. */
  async read(reading: ReaderStart, signal: AbortSignal): Promise<void> {
    const { handlers } = this;
    this.seen = reading.seen ?? new Map<string, number>();
    let wasLive = false;
    let wasSteady = false;
    let full = 0;
    for (let attempt = 0; !signal.aborted; attempt++) {
      let subscription: EventSubscription | undefined;
      const back = this.watchHub();
      let isOver: boolean;
      let openedAt = Infinity;
      try {
        subscription = await this.open(reading, signal);
        openedAt = performance.now();
        signal.throwIfAborted();
        handlers.onConnected(wasLive);
        wasLive = true;
        attempt = 0;
        throw await abortable(Promise.race([subscription.broken, back.came]), signal);
      } catch (error) {
        // Before it is closed: what arrives from here on is read again.
        if (subscription) this.seen = new Map(subscription.positions);
        if (performance.now() - openedAt >= steadyMs) [wasSteady, full] = [true, 0];
        if (isFull(error)) full++;
        isOver = signal.aborted || !wasLive || isFinal(error, attempt, wasSteady ? full : Infinity);
        if (!signal.aborted && isOver) handlers.onFailed(error, wasLive);
        if (!isOver) handlers.onInterrupted(error);
      } finally {
        back.dispose();
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

  /** Only a hub that is ready is asked, since asking one that is off would start it. */
  private async waitForNextTry(attempt: number, signal: AbortSignal): Promise<void> {
    try {
      await delay(backoffMs(attempt, { first: 1_000 }), signal);
      while (!this.isHubReady) await delay(500, signal);
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  }

  /** `came` resolves when the hub was away and is back, perhaps at other ports. */
  private watchHub(): { readonly came: Promise<Error>; dispose(): void } {
    let dispose = () => undefined as void;
    const came = new Promise<Error>((resolve) => {
      let wasAway = false;
      const subscription = this.services.hubs.onDidChange(() => {
        if (wasAway && this.isHubReady) resolve(new Error('The hub was restarted.'));
        wasAway ||= !this.isHubReady;
      });
      dispose = () => subscription.dispose();
    });
    return { came, dispose: () => dispose() };
  }
}

/** As many read the consumer group as may. */
const isFull = (error: unknown) => isIotError(error) && error.code === 'quotaExceeded';

/** Trying again would only take turns with another reader, or be refused each time. */
function isFinal(error: unknown, attempt: number, full: number): boolean {
  if (!isIotError(error)) return false;
  if (error.code === 'refused') return true;
  if (isFull(error)) return full > lastFullTry;
  return (error.code === 'unauthorized' || error.code === 'notFound') && attempt >= lastTry;
}
