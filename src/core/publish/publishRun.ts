import * as l10n from '@vscode/l10n';
import { abortable, abortError, delay, isAbort } from '../base/abort';
import { durationText } from '../base/durations';
import { IotError, isIotError, plainMessage } from '../errors';
import { type DeviceSession, type SessionState } from '../message/deviceSession';
import { telemetryTopic } from '../mqtt/mqttSettings';
import { type TemplateMoment } from '../template/messageTemplate';
import { type Repeat } from './draft';
import { type ComposedMessage } from './messageComposer';
import { type SendResult } from './sendResult';
import { type RunStatistics } from './runStatistics';

export interface RunDevice {
  readonly deviceId: string;
  /** Reads its identity and connects. @throws IotError */
  open(onState: (state: SessionState) => void, signal: AbortSignal): Promise<DeviceSession>;
  /** Queries the hub for the reason of a refusal. */
  explain(error: Error): Promise<Error>;
}

export interface PublishRun {
  readonly devices: readonly RunDevice[];
  /** One message per device if absent. */
  readonly repeat?: Pick<Repeat, 'count' | 'pace'>;
  readonly qos: 0 | 1;
  compose(moment: TemplateMoment): ComposedMessage;
  readonly statistics: RunStatistics;
  readonly observer: RunObserver;
}

export interface RunObserver {
  /** A message is about to be sent. @returns the id of its result */
  onMessage(line: Omit<SendResult, 'id'>, message: ComposedMessage): number;
  onChange(id: number, change: Partial<SendResult>): void;
  onDevice(deviceId: string, state: SessionState): void;
}

/** How many devices connect at the same time; hubs limit new connections per second. */
const maxConnecting = 10;
/** Timeout of a single message. */
const sendTimeoutMs = 30_000;
/** A device that falls further behind its pace skips messages instead of catching up. */
const maxBehindMs = 1_000;

/**
 * Publishes as every device at its pace until the count is reached or the signal fires. There is no queue: a device
 * creates its next message only when its connection can send it.
 * @throws the abort error when it was stopped. A failure of a device ends only that device and is in its result.
 */
export async function publishRun(run: PublishRun, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const gate = new Gate(maxConnecting);
  const running = run.devices.map((device, index) => new RunningDevice(run, device, index, gate));
  // One listener for all: Node.js reports many listeners on one signal as a leak.
  const stop = () => running.forEach((device) => device.stop());
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all(running.map((device) => device.publish()));
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
}

/** One device of a run, with the state of its connection. */
class RunningDevice {
  private isConnected = false;
  private wasConnected = false;
  private readonly pending = new Set<Promise<void>>();
  /** Ids of the waiting results, which show the reason. */
  private readonly waiting = new Set<number>();
  private readonly own = new AbortController();
  private session: DeviceSession | undefined;
  /** Why it was stopped, unless the user stopped it. */
  private reason: Error | undefined;
  private hasReportedFailure = false;
  /** The last failure of the connection. */
  private trouble: Error | undefined;

  constructor(
    private readonly run: PublishRun,
    private readonly device: RunDevice,
    private readonly index: number,
    private readonly gate: Gate,
  ) {}

  stop(): void {
    this.own.abort(abortError());
  }

  async publish(): Promise<void> {
    let failure: unknown;
    try {
      // A single message occupies its slot among the connecting devices until it is done.
      if (!this.run.repeat) await this.gate.pass(() => this.sendOnce(), this.own.signal);
      else await this.repeat();
    } catch (error) {
      failure = this.reason ?? error;
    }
    await this.session?.close();
    await Promise.all(this.pending);
    this.setConnected(false);
    if (failure === undefined || this.hasReportedFailure) return;
    if (!isAbort(failure)) await this.failDevice(failure);
    else if (!this.own.signal.aborted) this.reportDevice('canceled', l10n.t('A prompt was dismissed.'));
  }

  private async sendOnce(): Promise<void> {
    const timeout = setTimeout(() => this.giveUp(timeoutError(this.trouble)), sendTimeoutMs);
    try {
      await this.sendAll(await this.open(), this.own.signal);
      await this.settled();
    } finally {
      clearTimeout(timeout);
    }
  }

  private async repeat(): Promise<void> {
    const session = await this.gate.pass(async () => {
      const opened = await this.open();
      await opened.ready(this.own.signal);
      return opened;
    }, this.own.signal);
    await this.sendAll(session, this.own.signal);
    await this.settled();
  }

  /** After a stop, closing the session ends pending messages. */
  private async settled(): Promise<void> {
    await abortable(Promise.all(this.pending), this.own.signal);
  }

  private async open(): Promise<DeviceSession> {
    this.session = await this.device.open((state) => this.onState(state), this.own.signal);
    this.own.signal.throwIfAborted();
    return this.session;
  }

  private async sendAll(session: DeviceSession, signal: AbortSignal): Promise<void> {
    const { count, pace } = this.run.repeat ?? { count: 1, pace: { kind: 'interval', ms: 1 } as const };
    const devices = this.run.devices.length;
    const interval = pace.kind === 'interval' ? pace.ms : (1_000 * devices) / pace.perSecond;
    // Spreads the messages of the devices over the interval.
    let due = performance.now() + (this.run.repeat ? (interval * this.index) / devices : 0);
    for (let n = 1; count === null || n <= count; n++, due += interval) {
      const wait = due - performance.now();
      if (wait > 0) await delay(wait, signal);
      if (this.run.repeat) await session.ready(signal);
      const behind = performance.now() - due;
      if (behind > maxBehindMs && behind > interval) {
        const turns = Math.floor(behind / interval);
        due += turns * interval;
        if (count === null) this.run.statistics.skipped += turns;
      }
      signal.throwIfAborted();
      const delivery = this.sendOne(session, n);
      this.pending.add(delivery);
      void delivery.finally(() => this.pending.delete(delivery));
      if (this.run.qos === 0) await abortable(delivery, signal);
    }
  }

  private async sendOne(session: DeviceSession, n: number): Promise<void> {
    const { run, device } = this;
    const at = Date.now();
    const moment = { deviceId: device.deviceId, deviceIndex: this.index, n, now: at };
    const message = run.compose(moment);
    run.statistics.sent++;
    const id = run.observer.onMessage(
      { deviceId: device.deviceId, at, bytes: message.size.bytes, state: 'waiting' },
      message,
    );
    this.waiting.add(id);
    try {
      const { acknowledgedMs, sends } = await session.publish({
        topic: telemetryTopic(device.deviceId, message.bag),
        payload: message.payload,
        qos: run.qos,
      });
      run.statistics.acknowledge(acknowledgedMs);
      run.observer.onChange(id, {
        state: run.qos === 1 ? 'acknowledged' : 'sent',
        acknowledgedMs: Math.round(acknowledgedMs * 10) / 10,
        reason: undefined,
        ...(sends > 1 ? { sends } : {}),
      });
    } catch (error) {
      run.statistics.failed++;
      // Closing the session rejects pending messages, whatever the reason for closing is.
      const reason = this.reason ?? (this.own.signal.aborted ? abortError() : error);
      if (isAbort(reason)) {
        run.observer.onChange(id, { state: 'canceled', reason: undefined, isAwaited: false });
      } else {
        this.hasReportedFailure = true;
        const explained = await this.explain(reason);
        run.observer.onChange(id, { state: 'failed', reason: plainMessage(explained), isAwaited: false });
      }
    } finally {
      this.waiting.delete(id);
    }
  }

  private giveUp(reason: Error): void {
    this.reason = reason;
    this.stop();
  }

  private async failDevice(error: unknown): Promise<void> {
    this.reportDevice('failed', plainMessage(await this.explain(error)));
  }

  /** Adds a result for a device that has not sent a message. */
  private reportDevice(state: 'failed' | 'canceled', reason: string): void {
    this.run.statistics.failed++;
    this.run.statistics.sent++;
    const line = { deviceId: this.device.deviceId, at: Date.now(), bytes: 0, state, reason };
    this.run.observer.onMessage(line, { payload: '', bag: [], messageId: undefined, size: noSize });
  }

  private async explain(error: unknown): Promise<Error> {
    const known = error instanceof Error ? error : new Error(String(error));
    return isIotError(known) && known.code === 'refused' ? this.device.explain(known) : known;
  }

  private onState(state: SessionState): void {
    this.setConnected(state.kind === 'connected');
    this.run.observer.onDevice(this.device.deviceId, state);
    if (state.kind === 'connected') this.wasConnected = true;
    if (state.kind !== 'waiting') return;
    this.trouble = state.reason;
    // A single message that cannot be sent fails immediately; a run waits until the hub is available.
    if (!this.run.repeat && !this.wasConnected) return this.giveUp(state.reason);
    for (const id of this.waiting) this.run.observer.onChange(id, { reason: plainMessage(state.reason) });
  }

  private setConnected(isConnected: boolean): void {
    if (isConnected !== this.isConnected) this.run.statistics.connected += isConnected ? 1 : -1;
    this.isConnected = isConnected;
  }
}

const noSize = { bytes: 0, billed: 0, billedOnFree: 0 };

function timeoutError(trouble: Error | undefined): IotError {
  const timeout = durationText(sendTimeoutMs / 1_000);
  return new IotError(
    'timeout',
    trouble
      ? l10n.t('The hub did not acknowledge the message within {0}. {1}', timeout, plainMessage(trouble))
      : l10n.t('The hub did not acknowledge the message within {0}.', timeout),
  );
}

/** Limits how many tasks run at the same time. */
class Gate {
  private running = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly maxRunning: number) {}

  async pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.running >= this.maxRunning) await this.wait(signal);
    else this.running++;
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async wait(signal: AbortSignal): Promise<void> {
    let enter: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => (enter = resolve));
    this.waiting.add(enter);
    try {
      await abortable(turn, signal);
    } catch (error) {
      // The slot may have been handed over at the moment of the abort.
      if (!this.waiting.delete(enter)) this.leave();
      throw error;
    }
  }

  /** Hands the slot to the next task, so that the number of running tasks stays the same. */
  private leave(): void {
    const [next] = this.waiting;
    if (!next) {
      this.running--;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
