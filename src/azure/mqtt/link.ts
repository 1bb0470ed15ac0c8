import * as l10n from '@vscode/l10n';
// The package root adds 90 KB of code that opens connections, for example through SOCKS, which is not used.
import MqttClient from 'mqtt/lib/client';
import { abortError, isAbort } from '../../core/base/abort';
import { IotError } from '../../core/errors';
import { type DeviceMessage, type Transport } from '../../core/message/deviceSession';
import { mqttFailure } from './mqttFailure';
import { openHubStream, type HubStream, type StreamRequest } from './hubStream';
import { BlockedError } from './transportChoice';

const keepAliveSeconds = 30;
/** From the first byte to the hub's response to CONNECT. */
const authenticationLimitMs = 15_000;
/** For disconnecting from a hub that may be unreachable. */
const leaveLimitMs = 2_000;

export interface LinkRequest extends StreamRequest {
  /** For the stream to open: firewalls let TCP through and swallow TLS, too. */
  readonly connectLimitMs: number;
  readonly signal: AbortSignal;
}

/** One connection from CONNECT to its end; it is never reopened. */
export interface Link {
  readonly transport: Transport;
  /** Resolves with the reason when it breaks, never when it was closed. */
  readonly broken: Promise<IotError>;
  /** `done` when the hub acknowledged (QoS 1), or the socket took it (QoS 0); never when it broke before. */
  send(message: DeviceMessage, done: () => void): void;
  breakOff(reason: IotError): void;
  /** Disconnects, unless messages are in flight; resolves when the socket is closed. */
  leave(): Promise<void>;
}

/** @throws IotError, a `BlockedError` when the hub was not reached; the abort error */
export function openLink(request: LinkRequest): Promise<Link> {
  return new Promise((resolve, reject) => {
    request.signal.throwIfAborted();
    new MqttLink(request, resolve, reject);
  });
}

class MqttLink implements Link {
  readonly transport: Transport;
  readonly broken: Promise<IotError>;
  private readonly hubStream: HubStream;
  private readonly client: MqttClient;
  private readonly timers: readonly NodeJS.Timeout[];
  private reportBroken: (reason: IotError) => void = () => undefined;
  private state: 'opening' | 'open' | 'gone' = 'opening';
  private underWay = 0;

  constructor(
    private readonly request: LinkRequest,
    private readonly resolve: (link: Link) => void,
    private readonly reject: (error: Error) => void,
  ) {
    const { settings, credentials, transport, connectLimitMs, signal } = request;
    this.transport = transport;
    this.broken = new Promise((resolve) => (this.reportBroken = resolve));
    this.hubStream = openHubStream(request);
    this.client = new MqttClient(() => this.hubStream.stream, {
      clientId: settings.clientId,
      username: settings.userName,
      ...('password' in credentials ? { password: credentials.password } : {}),
      protocolVersion: 4,
      clean: true,
      keepalive: keepAliveSeconds,
      reconnectPeriod: 0,
      // The timers below are faster and more specific.
      connectTimeout: 2 * authenticationLimitMs,
    });
    // They stay to the end: a socket that breaks while it closes would otherwise be an uncaught error.
    this.hubStream.stream.on('error', (error) => this.fail(error));
    this.client.on('error', (error) => this.fail(error));
    this.client.on('close', () => this.fail(this.closed()));
    this.client.on('connect', () => this.onConnect());
    signal.addEventListener('abort', this.onAbort, { once: true });
    this.timers = [
      setTimeout(() => {
        if (this.hubStream.stage() !== 'open') this.fail(this.late(connectLimitMs));
      }, connectLimitMs),
      setTimeout(() => this.fail(this.late(authenticationLimitMs)), authenticationLimitMs),
    ];
  }

  send({ topic, payload, qos }: DeviceMessage, done: () => void): void {
    this.underWay++;
    const body = typeof payload === 'string' ? payload : asBuffer(payload);
    this.client.publish(topic, body, { qos }, (error) => {
      // Whatever fails here also breaks the connection, and is reported there.
      if (error || this.state !== 'open') return;
      this.underWay--;
      done();
    });
  }

  breakOff(reason: IotError): void {
    this.fail(reason);
  }

  leave(): Promise<void> {
    const { stream } = this.hubStream;
    const isIdle = this.state === 'open' && this.underWay === 0;
    this.state = 'gone';
    return new Promise((resolve) => {
      if (stream.closed) return resolve();
      const limit = setTimeout(() => stream.destroy(), leaveLimitMs);
      stream.once('close', () => {
        clearTimeout(limit);
        resolve();
      });
      this.client.end(!isIdle);
    });
  }

  private readonly onAbort = () => this.fail(abortError());

  private onConnect(): void {
    if (this.state !== 'opening') return;
    this.state = 'open';
    this.settle();
    this.resolve(this);
  }

  private fail(error: Error): void {
    const was = this.state;
    if (was === 'gone') return;
    this.state = 'gone';
    this.settle();
    const stage = this.hubStream.stage();
    this.hubStream.stream.destroy();
    this.client.end(true);
    const failure = isAbort(error) ? error : this.describe(error);
    if (was === 'opening') {
      this.reject(failure instanceof IotError && this.isBlocked(failure, stage) ? blocked(failure) : failure);
    } else {
      this.reportBroken(failure instanceof IotError ? failure : this.closed());
    }
  }

  private settle(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.request.signal.removeEventListener('abort', this.onAbort);
  }

  private describe(error: Error): IotError {
    const { settings } = this.request;
    if (error.message === 'Keepalive timeout') {
      return new IotError(
        'timeout',
        l10n.t(
          '{0} did not respond for {1} seconds.',
          `${settings.host}:${this.hubStream.port}`,
          keepAliveSeconds,
        ),
        { cause: error },
      );
    }
    return mqttFailure(this.hubStream.explain(error), { ...settings, port: this.hubStream.port });
  }

  private isBlocked({ code, detail }: IotError, stage: ReturnType<HubStream['stage']>): boolean {
    if (stage === 'open' || (code !== 'unreachable' && code !== 'timeout')) return false;
    const isNameUnknown = detail === 'ENOTFOUND' || detail === 'EAI_AGAIN';
    // In many networks only the proxy can resolve public names.
    return !isNameUnknown || this.request.proxy !== undefined;
  }

  private late(limitMs: number): IotError {
    const { settings } = this.request;
    const at = `${settings.host}:${this.hubStream.port}`;
    return new IotError(
      'timeout',
      this.hubStream.stage() === 'open'
        ? l10n.t(
            '{0} did not respond to the connection request of "{1}" within {2} seconds.',
            at,
            settings.clientId,
            limitMs / 1000,
          )
        : l10n.t(
            '{0} did not respond within {1} seconds. A firewall may be blocking port {2}.',
            at,
            limitMs / 1000,
            this.hubStream.port,
          ),
    );
  }

  private closed(): IotError {
    const { clientId } = this.request.settings;
    return new IotError(
      'unreachable',
      this.state === 'open'
        ? l10n.t('The hub closed the connection of "{0}".', clientId)
        : l10n.t('The hub closed the connection of "{0}" without a response.', clientId),
    );
  }
}

const blocked = ({ code, message, detail, cause }: IotError) =>
  new BlockedError(code, message, { cause, detail });

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, byteLength);
