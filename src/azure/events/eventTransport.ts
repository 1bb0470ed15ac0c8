import net from 'node:net';
import { serviceHostOf } from '../../core/hub/hubHosts';
import tls from 'node:tls';
import { abortError } from '../../core/base/abort';
import { type EventsTarget } from '../../core/hub/eventHubConnection';
import { type EventTransportOptions } from '../../core/message/eventSource';
import { proxyFor } from '../../core/mqtt/webProxy';
import { ProxyTunnel } from '../proxyTunnel';

/** How the endpoints of a target are reached. */
export interface EventTransport {
  readonly transport: 'amqp' | 'webSocket';
  /** The proxy for WebSockets. */
  readonly tunnel?: ProxyTunnel;
}

const probeMs = 6_000;
/** Hosts whose AMQP port did not open, for the lifetime of the process. */
const blocked = new Set<string>();

export const hostOf = (target: EventsTarget): string =>
  'entityPath' in target ? target.host : serviceHostOf(target.hostName);
const amqpPortOf = (target: EventsTarget): number =>
  'entityPath' in target ? (target.port ?? 5671) : target.amqpPort;
export const webSocketPortOf = (target: EventsTarget): number => target.httpsPort ?? 443;

/**
 * AMQP on its own port where it opens, over WebSockets otherwise, and through the proxy when one is set. An
 * untrusted certificate is not a reason for another transport: it is reported.
 */
export async function chooseTransport(
  target: EventsTarget,
  wanted: EventTransportOptions,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<EventTransport> {
  const host = hostOf(target);
  const proxy = wanted.proxy && proxyFor(host, webSocketPortOf(target), wanted.proxy);
  const webSocket = (): EventTransport => ({
    transport: 'webSocket',
    ...(proxy === undefined ? {} : { tunnel: new ProxyTunnel(proxy, host, webSocketPortOf(target)) }),
  });
  if ('isPlain' in target && target.isPlain) return { transport: 'amqp' };
  switch (wanted.transport ?? 'auto') {
    case 'amqp':
      return { transport: 'amqp' };
    case 'webSocket':
      return webSocket();
    case 'auto': {
      const key = `${host}:${amqpPortOf(target)}`;
      if (proxy !== undefined || blocked.has(key)) return webSocket();
      if (await opens(host, amqpPortOf(target), ca, signal)) return { transport: 'amqp' };
      blocked.add(key);
      return webSocket();
    }
  }
}

/** Forgets blocked hosts: another network may allow them. */
export function forgetBlockedTransports(): void {
  blocked.clear();
}

export const agentOf = ({ tunnel }: EventTransport) => tunnel?.agent;

/** Whether the port speaks TLS, whatever the certificate. */
function opens(host: string, port: number, ca: string | undefined, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      host,
      port,
      ...(net.isIP(host) ? {} : { servername: host }),
      ...(ca === undefined ? {} : { ca }),
    });
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = () => finish(() => reject(abortError()));
    const timer = setTimeout(() => finish(() => resolve(false)), probeMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('secureConnect', () => finish(() => resolve(true)));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(() => resolve(isAboutCertificate(error))));
    if (signal.aborted) onAbort();
  });
}

const isAboutCertificate = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(code);
