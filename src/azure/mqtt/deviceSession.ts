import { abortError, delay, isAbort } from '../../core/base/abort';
import { backoffMs } from '../../core/base/backoff';
import { IotError, isIotError } from '../../core/errors';
import {
  type Delivery,
  type DeviceMessage,
  type DeviceSession,
  type SessionRequest,
} from '../../core/message/deviceSession';
import * as l10n from '@vscode/l10n';
import { formatCount } from '../../core/base/numbers';
import { type MqttSettings } from '../../core/mqtt/mqttSettings';
import { readCa } from '../trust';
import { openLink, type Link } from './link';
import { readCredentials } from './credentials';
import { endsForGood, mqttFailure } from './mqttFailure';
import { Outbox } from './outbox';
import { TransportFinder } from './transportChoice';

const firstRetryMs = 200;
const longestRetryMs = 30_000;
/** When the hub accepts the device and then disconnects it, the failure is reported in seconds, not minutes. */
const longestRefusedRetryMs = 2_000;
/** A connection that lasted this long counts as good. */
const goodConnectionMs = 5_000;
const maxFruitless = 8;
const silenceLimitMs = 15_000;
/** A hub that keeps acknowledging other messages has lost the oldest one. */
const oldestLimitMs = 60_000;
const drainLimitMs = 5_000;
const watchMs = 1_000;
const longestTimerMs = 2 ** 31 - 1;
const maxTopicBytes = 65_535;

export async function openDeviceSession(request: SessionRequest): Promise<DeviceSession> {
  return new MqttDeviceSession(request);
}

class MqttDeviceSession implements DeviceSession {
  private readonly outbox: Outbox;
  private readonly transports: TransportFinder;
  private readonly closing = new AbortController();
  private readonly finished: Promise<void>;
  /** Failures since the last good connection. */
  private failures = 0;
  /** Connections in a row that the hub accepted and closed without acknowledging what was sent. */
  private fruitless = 0;

  constructor(private readonly request: SessionRequest) {
    this.outbox = new Outbox(Math.max(1, request.maxInFlight));
    this.transports = new TransportFinder(request.transport, request.webSocketPort);
    this.finished = this.live();
  }

  ready(signal?: AbortSignal): Promise<void> {
    return this.outbox.ready(signal);
  }

  async publish(message: DeviceMessage, signal?: AbortSignal): Promise<Delivery> {
    const bytes = Buffer.byteLength(message.topic);
    if (bytes === 0 || bytes > maxTopicBytes) {
      throw new IotError(
        'invalidInput',
        l10n.t(
          'The topic has {0} bytes; MQTT allows 1 to {1}. Remove properties to shorten it.',
          formatCount(bytes),
          formatCount(maxTopicBytes),
        ),
      );
    }
    return this.outbox.publish(message, signal);
  }

  async close(): Promise<void> {
    this.closing.abort(abortError());
    this.outbox.end(
      new IotError(
        'unreachable',
        l10n.t('The connection was closed before the hub acknowledged the message.'),
      ),
    );
    await this.finished;
  }

  private async live(): Promise<void> {
    let reason: IotError | undefined;
    try {
      for (;;) await this.connectAgain();
    } catch (error) {
      if (!this.closing.signal.aborted) reason = asIotError(error);
    }
    if (reason) this.outbox.end(reason);
    this.request.onState({ kind: 'ended', ...(reason ? { reason } : {}) });
  }

  /** One connection and the wait after it. @throws what ends the session */
  private async connectAgain(): Promise<void> {
    const { signal } = this.closing;
    signal.throwIfAborted();
    this.request.onState({ kind: 'connecting' });
    const issuedAt = Date.now();
    const settings = this.request.settings();
    const failure = await this.connectOnce(settings, issuedAt);
    if (!failure) return;
    if (endsForGood(failure)) throw failure;
    if (this.fruitless >= maxFruitless) throw thrownOut(settings.clientId, failure);
    const longest = this.fruitless > 0 ? longestRefusedRetryMs : longestRetryMs;
    const retryInMs = Math.round(
      backoffMs(this.failures, { first: firstRetryMs, most: longest, jitter: 0.25 }),
    );
    this.failures++;
    this.request.onState({ kind: 'waiting', reason: failure, retryInMs });
    await delay(retryInMs, signal);
  }

  /** Resolves with the reason when the connection broke; with nothing when it ended for a new token. */
  private async connectOnce(settings: MqttSettings, issuedAt: number): Promise<IotError | undefined> {
    const { signal } = this.closing;
    const ca = await readCa(settings.caFile);
    const credentials = await readCredentials(settings, this.request.passphrase);
    const { webSocketPort, proxy } = this.request;
    try {
      const link = await this.transports.connect((transport, connectLimitMs) =>
        openLink({ settings, credentials, ca, transport, webSocketPort, proxy, connectLimitMs, signal }),
      );
      return await this.serve(link, settings, issuedAt);
    } catch (error) {
      if (isAbort(error)) throw error;
      return mqttFailure(error, settings);
    }
  }

  private async serve(
    link: Link,
    { clientId, credentials }: MqttSettings,
    issuedAt: number,
  ): Promise<IotError | undefined> {
    const { signal } = this.closing;
    const openedAt = performance.now();
    const expiresAt = credentials.kind === 'sas' ? credentials.expiresAt : undefined;
    const watch = setInterval(() => this.breakOffStalled(link, clientId), watchMs);
    let renewal: NodeJS.Timeout | undefined;
    let onAbort = () => {};
    try {
      if (!signal.aborted) {
        this.outbox.attach(link);
        this.request.onState({ kind: 'connected', transport: link.transport, expiresAt });
      }
      const broken = await new Promise<IotError | undefined>((resolve) => {
        onAbort = () => resolve(undefined);
        if (signal.aborted) resolve(undefined);
        signal.addEventListener('abort', onAbort);
        void link.broken.then(resolve);
        if (expiresAt === undefined) return;
        renewal = setTimeout(() => resolve(undefined), renewalDelay(issuedAt, expiresAt));
      });
      if (!broken && !signal.aborted) await this.drain(link, expiresAt);
      const { acknowledged, unacknowledged } = this.outbox.detach();
      this.judge(acknowledged, broken ? unacknowledged : 0, broken ? performance.now() - openedAt : Infinity);
      return broken;
    } finally {
      clearInterval(watch);
      clearTimeout(renewal);
      signal.removeEventListener('abort', onAbort);
      await link.leave();
    }
  }

  /** Gives messages in flight a moment, but not beyond the lifetime of the token. */
  private async drain(link: Link, expiresAt = 0): Promise<void> {
    this.outbox.pause();
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      limit = setTimeout(resolve, Math.max(0, Math.min(drainLimitMs, expiresAt - Date.now())));
    });
    await Promise.race([this.outbox.drained(), link.broken, late]);
    clearTimeout(limit);
  }

  private judge(acknowledged: number, unacknowledged: number, heldMs: number): void {
    if (acknowledged > 0 || heldMs >= goodConnectionMs) {
      this.failures = 0;
      this.fruitless = 0;
    } else if (unacknowledged > 0) {
      this.fruitless++;
    } else {
      this.fruitless = 0;
    }
  }

  private breakOffStalled(link: Link, clientId: string): void {
    const { oldestMs, silentMs } = this.outbox.stalled();
    if (silentMs <= silenceLimitMs && oldestMs <= oldestLimitMs) return;
    const seconds = Math.round((silentMs > silenceLimitMs ? silentMs : oldestMs) / 1000);
    link.breakOff(
      new IotError(
        'timeout',
        l10n.t(
          'The hub did not acknowledge a message of "{0}" for {1} seconds.',
          clientId,
          formatCount(seconds),
        ),
      ),
    );
  }
}

/** At 85% of its lifetime, or a minute before it expires; a token that lasts only minutes is used for half of that. */
export function renewalDelay(issuedAt: number, expiresAt: number): number {
  const life = expiresAt - issuedAt;
  const renewAt = issuedAt + Math.min(life * 0.85, Math.max(life - 60_000, life / 2));
  return Math.min(Math.max(0, renewAt - Date.now()), longestTimerMs);
}

const thrownOut = (clientId: string, cause: IotError) =>
  new IotError(
    'refused',
    l10n.t(
      'The hub accepted "{0}" {1} times and closed the connection each time before acknowledging a message. Another client may be connected as the same device, or the message exceeds the size limit of the hub.',
      clientId,
      maxFruitless,
    ),
    { cause },
  );

function asIotError(error: unknown): IotError {
  if (isIotError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new IotError('serviceFailed', l10n.t('The connection of the device cannot be prepared: {0}', text), {
    cause: error,
  });
}
