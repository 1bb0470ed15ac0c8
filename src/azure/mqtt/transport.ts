import net from 'node:net';
import tls from 'node:tls';
import { type Duplex } from 'node:stream';
import { HttpsProxyAgent } from 'https-proxy-agent';
import WebSocket, { createWebSocketStream } from 'ws';
import { IotError } from '../../core/errors';
import { type Transport } from '../../core/message/deviceSession';
import { type MqttSettings } from '../../core/mqtt/mqttSettings';
import { networkFailure } from '../../core/networkFailure';
import { type LoginOptions } from './login';

export interface WireRequest {
  readonly settings: MqttSettings;
  readonly login: LoginOptions;
  readonly ca?: string;
  readonly transport: Transport;
  readonly webSocketPort: number;
  readonly proxy?: string;
}

/** A stream to a hub that is being opened, below MQTT. */
export interface Wire {
  readonly stream: Duplex;
  readonly port: number;
  /** `tls` from when somebody answers; `open` when the stream carries MQTT. */
  stage(): 'connecting' | 'tls' | 'open';
  /** What an error of the stream means, where this way to the hub knows more than the error. */
  explain(error: unknown): unknown;
}

export function openWire(request: WireRequest): Wire {
  return request.transport === 'mqtt' ? openTls(request) : openWebSocket(request);
}

function openTls({ settings: { host, port }, login, ca }: WireRequest): Wire {
  let stage: ReturnType<Wire['stage']> = 'connecting';
  const stream = tls.connect({ host, port, ...tlsOptions(host, login, ca) });
  stream.setNoDelay(true);
  stream.once('connect', () => (stage = 'tls'));
  stream.once('secureConnect', () => (stage = 'open'));
  return { stream, port, stage: () => stage, explain: (error) => error };
}

const tlsOptions = (host: string, login: LoginOptions, ca: string | undefined) => ({
  // TLS knows no addresses as server names.
  ...(net.isIP(host) ? {} : { servername: host }),
  ...(ca === undefined ? {} : { ca }),
  ...('cert' in login ? { cert: login.cert, key: login.key } : {}),
});

function openWebSocket({ settings: { host }, login, ca, webSocketPort: port, proxy }: WireRequest): Wire {
  const tunnel = proxy === undefined ? undefined : new Tunnel(proxy, host, port);
  const query = 'cert' in login ? '' : '?iothub-no-client-cert=true';
  const socket = new WebSocket(`wss://${urlHost(host)}:${port}/$iothub/websocket${query}`, ['mqtt'], {
    ...tlsOptions(host, login, ca),
    ...(tunnel ? { agent: tunnel.agent } : {}),
    perMessageDeflate: false,
  });
  let stage: ReturnType<Wire['stage']> = 'connecting';
  socket.once('open', () => (stage = 'open'));
  socket.once('close', () => tunnel?.close());
  const stream = createWebSocketStream(socket);
  socket.once('close', () => stream.destroy());
  return {
    stream,
    port,
    stage: () => stage,
    explain: (error) => tunnel?.explain(error) ?? wrongAnswer(error, host, port) ?? error,
  };
}

const urlHost = (host: string) => (net.isIPv6(host) ? `[${host}]` : host);

function wrongAnswer(error: unknown, host: string, port: number): IotError | undefined {
  const status = error instanceof Error ? /server response: (\d+)/.exec(error.message)?.[1] : undefined;
  return status === undefined
    ? undefined
    : new IotError(
        'unreachable',
        `${host}:${port} does not take MQTT over WebSockets: it answered with HTTP ${status}.`,
        { cause: error },
      );
}

/** The way through a proxy by CONNECT. */
class Tunnel {
  readonly agent: HttpsProxyAgent<string>;
  private readonly aborting = new AbortController();
  private readonly url: URL;
  private status: number | undefined;

  constructor(
    proxy: string,
    private readonly host: string,
    private readonly port: number,
  ) {
    this.url = readProxy(proxy);
    // A proxy that never answers would otherwise keep its socket.
    this.agent = new HttpsProxyAgent<string>(this.url, { signal: this.aborting.signal });
    this.agent.on('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
      this.status = statusCode;
    });
  }

  close(): void {
    this.aborting.abort();
  }

  explain(error: unknown): IotError | undefined {
    if (this.status === 200) return undefined;
    const at = `${this.url.hostname}:${this.url.port || (this.url.protocol === 'https:' ? '443' : '80')}`;
    if (this.status === undefined) {
      const failure = networkFailure(error, this.url.hostname, Number(at.split(':').at(-1)));
      return (
        failure &&
        new IotError(failure.code, `The proxy ${at} cannot be used: ${failure.message}`, { cause: error })
      );
    }
    if (this.status === 407) {
      const sentence = this.url.username
        ? `The proxy ${at} does not take the user name and password that it was given.`
        : `The proxy ${at} asks for a user name and password.`;
      return new IotError('unauthorized', sentence, { cause: error });
    }
    return new IotError(
      'unreachable',
      `The proxy ${at} opens no connection to ${this.host}:${this.port}: it answered with HTTP ${this.status}.`,
      { cause: error },
    );
  }
}

function readProxy(text: string): URL {
  // The text is not repeated: it may hold a password.
  if (!URL.canParse(text)) throw new IotError('invalidInput', 'The address of the proxy cannot be read.');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new IotError(
      'unsupported',
      `Only proxies with http:// or https:// can be used, not ${url.protocol}//.`,
    );
  }
  return url;
}
