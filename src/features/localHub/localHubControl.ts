import * as l10n from '@vscode/l10n';
import { abortable } from '../../core/base/abort';
import { type Disposable } from '../../core/base/disposable';
import { Emitter } from '../../core/base/event';
import { type Logger } from '../../core/base/logger';
import { IotError, plainMessage } from '../../core/errors';
import {
  joinLocalHub,
  startLocalHub,
  type HubProblem,
  type LocalHubEndpoints,
  type LocalHubLease,
  type StartLocalHubOptions,
} from '../../localHub/start';
import { type LocalHubState } from './localHubState';

/** How often a window that is not connected to the hub checks whether another window has started it. */
const lookMs = 3_000;

/** Controls the hub process for this window: starts or joins it, and tracks its state. */
export class LocalHubControl implements Disposable {
  private readonly changed = new Emitter<void>();
  private readonly crashed = new Emitter<string>();
  private current: LocalHubState = { kind: 'stopped' };
  private failedStart: IotError | undefined;
  private lease: LocalHubLease | undefined;
  private problems: readonly HubProblem[] = [];
  private starting: Promise<LocalHubEndpoints> | undefined;
  private readonly disposal = new AbortController();
  readonly onDidChange = this.changed.event;
  /** Fires with the reason. */
  readonly onDidCrash = this.crashed.event;

  constructor(
    private readonly options: () => StartLocalHubOptions,
    private readonly log: Logger,
  ) {
    void this.look();
  }

  get state(): LocalHubState {
    return this.current;
  }

  /** Starts the hub, or waits for the start in progress. Resolves immediately if it is running. */
  async start(signal?: AbortSignal): Promise<LocalHubEndpoints> {
    if (this.current.kind === 'running') return this.current.endpoints;
    this.starting ??= this.open().finally(() => (this.starting = undefined));
    // A canceled wait must not stop the hub for other callers.
    return abortable(this.starting, signal);
  }

  /**
   * The same for what uses the hub. A start that failed is not repeated until the user starts the hub, or another window
   * does: it would fail again each time that something reads from the hub.
   */
  async startUnlessFailed(signal?: AbortSignal): Promise<LocalHubEndpoints> {
    if (this.failedStart) throw this.failedStart;
    return this.start(signal);
  }

  async stop(): Promise<void> {
    await this.end((lease) => lease.stop());
    this.show({ kind: 'stopped' });
  }

  async restart(): Promise<void> {
    // Goes from stopping to starting, so that it is not treated as a hub that was turned off.
    await this.end((lease) => lease.stop());
    await this.start();
  }

  /** Deletes devices, messages and keys. A hub that was running is restarted with new ones. */
  async reset(): Promise<void> {
    const wasRunning = this.current.kind === 'running' || this.starting !== undefined;
    await this.start();
    await this.end((lease) => lease.reset());
    if (wasRunning) await this.start();
    else this.show({ kind: 'stopped' });
  }

  dispose(): void {
    this.disposal.abort();
    const lease = this.lease;
    this.lease = undefined;
    lease?.release();
    this.changed.dispose();
    this.crashed.dispose();
  }

  private async open(): Promise<LocalHubEndpoints> {
    this.show({ kind: 'starting' });
    try {
      const lease = await startLocalHub(this.joinOptions(), this.disposal.signal);
      return this.adopt(lease);
    } catch (cause) {
      const reason = plainMessage(cause);
      this.show({ kind: 'failed', reason });
      this.failedStart = new IotError('localHubFailed', reason, {
        cause,
        action: { kind: 'restartLocalHub' },
      });
      throw this.failedStart;
    }
  }

  private joinOptions(): StartLocalHubOptions {
    this.problems = [];
    return {
      ...this.options(),
      onProblems: (problems) => {
        this.problems = problems;
        if (this.current.kind === 'running') this.show({ ...this.current, problems });
      },
    };
  }

  private adopt(lease: LocalHubLease): LocalHubEndpoints {
    if (this.disposal.signal.aborted) lease.release();
    this.lease = lease;
    this.failedStart = undefined;
    void lease.ended.then((end) => this.onEnded(lease, end.kind, end.reason));
    this.log.info(
      `The local hub is running as process ${lease.endpoints.pid} on MQTT port ${lease.endpoints.mqttPort}.`,
    );
    this.show({ kind: 'running', endpoints: lease.endpoints, problems: this.problems });
    return lease.endpoints;
  }

  /** Joins a hub that another window started, so that every window shows its state. */
  private async look(): Promise<void> {
    const { signal } = this.disposal;
    const isIdle = (): boolean => !this.lease && !this.starting && this.current.kind !== 'stopping';
    if (isIdle()) {
      const lease = await joinLocalHub(this.joinOptions(), signal).catch(() => undefined);
      if (lease && isIdle() && !signal.aborted) this.adopt(lease);
      else lease?.release();
    }
    if (!signal.aborted) setTimeout(() => void this.look(), lookMs).unref();
  }

  private async end(how: (lease: LocalHubLease) => Promise<void>): Promise<void> {
    await this.starting?.catch(() => undefined);
    const lease = this.lease;
    if (!lease) return;
    this.lease = undefined;
    this.show({ kind: 'stopping' });
    try {
      await how(lease);
    } catch (cause) {
      const reason = plainMessage(cause);
      this.show({ kind: 'failed', reason });
      throw new IotError('localHubFailed', l10n.t('The local hub did not stop cleanly: {0}', reason), {
        cause,
      });
    }
  }

  private onEnded(lease: LocalHubLease, kind: 'stopped' | 'crashed', reason: string): void {
    if (this.lease !== lease) return;
    this.lease = undefined;
    this.log.warn(`The local hub ended (${kind}): ${reason}`);
    if (kind === 'stopped') this.show({ kind: 'stopped', note: reason });
    else {
      this.show({ kind: 'failed', reason });
      this.crashed.fire(reason);
    }
  }

  private show(state: LocalHubState): void {
    this.current = state;
    this.changed.fire();
  }
}
