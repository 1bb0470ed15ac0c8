import * as l10n from '@vscode/l10n';
import { abortError, isAbort } from '../../../core/base/abort';
import { type Disposable } from '../../../core/base/disposable';
import { plainMessage } from '../../../core/errors';
import { type EventSubscription } from '../../../core/message/eventSource';
import { ArrivalTracker } from '../../../core/publish/arrivalTracker';
import { type Services } from '../../../services';
import { setting } from '../../../workbench/settings';

/** How long the events of the hub are read after the last message. */
const lingerMs = 60_000;

/** Reads the events of a hub while arrivals are tracked. */
export class ArrivalWatch implements Disposable {
  readonly arrivals = new ArrivalTracker(() => performance.now());
  /** Why events cannot be read. */
  problem: string | undefined;
  private subscription: EventSubscription | undefined;
  private controller = new AbortController();
  private opening: Promise<void> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sweep: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly hubId: string,
    private readonly services: Pick<Services, 'hubs' | 'events' | 'log'>,
    private readonly onDidChange: () => void,
  ) {}

  /** Resolves when no later message can be missed, or when events cannot be read. */
  async start(signal: AbortSignal): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.subscription) return;
    this.opening ??= this.open().finally(() => (this.opening = undefined));
    await Promise.race([
      this.opening,
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    ]);
  }

  /** Keeps reading for a while, for messages in transit and the next ones. */
  linger(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.close(), lingerMs);
  }

  dispose(): void {
    this.close();
  }

  private async open(): Promise<void> {
    const { signal } = this.controller;
    try {
      const subscription = await this.services.events.open(
        {
          connection: await this.services.hubs.events(this.hubId, signal),
          consumerGroup: setting('monitor.consumerGroup'),
          start: { kind: 'now' },
          seen: new Map(),
          onMessages: (messages) => this.arrivals.onMessages(messages),
          onTrouble: (error) => this.services.log.warn(`Arrival tracking was interrupted: ${error.message}`),
        },
        signal,
      );
      this.subscription = subscription;
      this.sweep = setInterval(() => this.arrivals.dropOld(), 5_000);
      this.setProblem(undefined);
      void subscription.broken.then((error) => this.fail(error));
    } catch (error) {
      if (!isAbort(error)) this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.services.log.warn(`Arrivals cannot be tracked: ${plainMessage(error)}`);
    this.close();
    this.setProblem(l10n.t('Arrivals cannot be tracked: {0}', plainMessage(error)));
  }

  private setProblem(problem: string | undefined): void {
    this.problem = problem;
    this.onDidChange();
  }

  private close(): void {
    clearTimeout(this.timer);
    clearInterval(this.sweep);
    this.controller.abort(abortError());
    this.controller = new AbortController();
    void this.subscription?.close();
    this.subscription = undefined;
    this.arrivals.dropAll();
  }
}
