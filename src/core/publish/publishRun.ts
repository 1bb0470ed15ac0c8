import { abortable, abortError, delay, isAbort } from '../base/abort';
import { IotError, isIotError, plainMessage } from '../errors';
import { type DeviceSession, type SessionState } from '../message/deviceSession';
import { telemetryTopic } from '../mqtt/mqttSettings';
import { type TemplateMoment } from '../template/messageTemplate';
import { type Repeat } from './draft';
import { type ComposedMessage } from './messageComposer';
import { type MessageLine } from './messageLine';
import { type RunStatistics } from './runStatistics';

export interface RunDevice {
  readonly deviceId: string;
  /** Reads its identity and connects. @throws IotError */
  open(onState: (state: SessionState) => void, signal: AbortSignal): Promise<DeviceSession>;
  /** Asks the hub what may be behind a refusal. */
  explain(error: Error): Promise<Error>;
}

export interface PublishRun {
  readonly devices: readonly RunDevice[];
  /** One message of each device when it is missing. */
  readonly repeat?: Pick<Repeat, 'count' | 'pace'>;
  readonly qos: 0 | 1;
  compose(moment: TemplateMoment): ComposedMessage;
  readonly statistics: RunStatistics;
  readonly observer: RunObserver;
}

export interface RunObserver {
  /** A message begins; returns the id of its line. */
  onMessage(line: Omit<MessageLine, 'id'>, message: ComposedMessage): number;
  onChange(id: number, change: Partial<MessageLine>): void;
  onDevice(deviceId: string, state: SessionState): void;
}

/** How many devices connect at the same time; hubs limit new connections per second. */
const connectingAtOnce = 10;
/** A single send gives up then. */
const sendPatienceMs = 30_000;
/** A device that falls further behind its pace leaves turns out instead of hurrying after. */
const maxBehindMs = 1_000;

/**
 * Publishes as every device at its pace until the count is reached or the signal fires. Nothing waits in a
 * queue: a device makes its next message only when its connection can take it.
 * @throws the abort error when it was stopped; failures of a device end that device alone and stand in its line.
 */
export async function publishRun(run: PublishRun, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const gate = new Gate(connectingAtOnce);
  const running = run.devices.map((device, index) => new RunningDevice(run, device, index, gate));
  // One listener for all: a thousand on one signal would be taken for a leak.
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
  /** Lines that wait, to tell them why. */
  private readonly waiting = new Set<number>();
  private readonly own = new AbortController();
  private session: DeviceSession | undefined;
  /** Why it was given up, when that was not the person's wish. */
  private reason: Error | undefined;
  private hasToldFailure = false;
  /** What last broke its connection. */
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
      // A single message holds its place among those that connect until it is done.
      if (!this.run.repeat) await this.gate.pass(() => this.sendOnce(), this.own.signal);
      else await this.repeat();
    } catch (error) {
      failure = this.reason ?? error;
    }
    await this.session?.close();
    await Promise.all(this.pending);
    this.setConnected(false);
    if (failure === undefined || this.hasToldFailure) return;
    if (!isAbort(failure)) await this.failDevice(failure);
    else if (!this.own.signal.aborted) this.tellDevice('cancelled', 'a question was left unanswered');
  }

  private async sendOnce(): Promise<void> {
    const patience = setTimeout(() => this.giveUp(lateError(this.trouble)), sendPatienceMs);
    try {
      await this.sendAll(await this.open(), this.own.signal);
      await this.settled();
    } finally {
      clearTimeout(patience);
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

  /** Closing the session ends what is still pending when it was stopped. */
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
    // Devices take turns instead of sending all at the same moment.
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
      // Closing the session rejects what is pending, whatever was the cause of closing.
      const reason = this.reason ?? (this.own.signal.aborted ? abortError() : error);
      if (isAbort(reason)) {
        run.observer.onChange(id, { state: 'cancelled', reason: undefined, isAwaited: false });
      } else {
        this.hasToldFailure = true;
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
    this.tellDevice('failed', plainMessage(await this.explain(error)));
  }

  /** A line for a device that has no message yet. */
  private tellDevice(state: 'failed' | 'cancelled', reason: string): void {
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
    // A single message that cannot even leave is told at once; a run waits until the hub is back.
    if (!this.run.repeat && !this.wasConnected) return this.giveUp(state.reason);
    for (const id of this.waiting) this.run.observer.onChange(id, { reason: plainMessage(state.reason) });
  }

  private setConnected(isConnected: boolean): void {
    if (isConnected !== this.isConnected) this.run.statistics.connected += isConnected ? 1 : -1;
    this.isConnected = isConnected;
  }
}

const noSize = { bytes: 0, billed: 0, billedOnFree: 0 };

const lateError = (trouble: Error | undefined) =>
  new IotError(
    'timeout',
    `The hub did not acknowledge the message within ${sendPatienceMs / 1_000} seconds.${trouble ? ` ${plainMessage(trouble)}` : ''}`,
  );

/** Lets a few through at a time. */
class Gate {
  private running = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly most: number) {}

  async pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.running >= this.most) await this.wait(signal);
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
      // The place may have been handed over in the very moment of the abort.
      if (!this.waiting.delete(enter)) this.leave();
      throw error;
    }
  }

  /** Hands the place to the next one, so that the number inside stays the same. */
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
