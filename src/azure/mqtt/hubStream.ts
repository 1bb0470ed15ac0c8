import net from 'node:net';
import tls from 'node:tls';
import { type Duplex } from 'node:stream';
import * as l10n from '@vscode/l10n';
import WebSocket, { createWebSocketStream } from 'ws';
import { IotError } from '../../core/errors';
import { type Transport } from '../../core/message/deviceSession';
import { type MqttSettings } from '../../core/mqtt/mqttSettings';
import { ProxyTunnel } from '../proxyTunnel';
import { type ConnectCredentials } from './credentials';

export interface StreamRequest {
  readonly settings: MqttSettings;
  readonly credentials: ConnectCredentials;
  readonly ca?: string;
  readonly transport: Transport;
  readonly webSocketPort: number;
  readonly proxy?: string;
}

/** A stream to a hub that is being opened, below MQTT. */
export interface HubStream {
  readonly stream: Duplex;
  readonly port: number;
  /** `tls` from when somebody answers; `open` when the stream carries MQTT. */
  stage(): 'connecting' | 'tls' | 'open';
  /** What an error of the stream means, where this transport knows more than the error. */
  explain(error: unknown): unknown;
}

export function openHubStream(request: StreamRequest): HubStream {
  return request.transport === 'mqtt' ? openTls(request) : openWebSocket(request);
}

function openTls({ settings: { host, port }, credentials, ca }: StreamRequest): HubStream {
  let stage: ReturnType<HubStream['stage']> = 'connecting';
  const stream = tls.connect({ host, port, ...tlsOptions(host, credentials, ca) });
  stream.setNoDelay(true);
  stream.once('connect', () => (stage = 'tls'));
  stream.once('secureConnect', () => (stage = 'open'));
  return { stream, port, stage: () => stage, explain: (error) => error };
}

const tlsOptions = (host: string, credentials: ConnectCredentials, ca: string | undefined) => ({
  // TLS does not support IP addresses as server names.
  ...(net.isIP(host) ? {} : { servername: host }),
  ...(ca === undefined ? {} : { ca }),
  ...('cert' in credentials ? { cert: credentials.cert, key: credentials.key } : {}),
});

function openWebSocket({
  settings: { host },
  credentials,
  ca,
  webSocketPort: port,
  proxy,
}: StreamRequest): HubStream {
  const tunnel = proxy === undefined ? undefined : new ProxyTunnel(proxy, host, port);
  const query = 'cert' in credentials ? '' : '?iothub-no-client-cert=true';
  const socket = new WebSocket(`wss://${urlHost(host)}:${port}/$iothub/websocket${query}`, ['mqtt'], {
    ...tlsOptions(host, credentials, ca),
    ...(tunnel ? { agent: tunnel.agent } : {}),
    perMessageDeflate: false,
  });
  let stage: ReturnType<HubStream['stage']> = 'connecting';
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
        l10n.t(
          '{0} does not accept MQTT over WebSockets: it responded with HTTP {1}.',
          `${host}:${port}`,
          status,
        ),
        { cause: error },
      );
}
