import fs from 'node:fs';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { createAmqpWire } from './amqp/index';
import { presentedBy, withRules } from './auth/clientCertificate';
import type { ServerNames } from './certificates/index';
import type { HubContext } from './context';
import type { PortName } from './control/contract';
import { createHttpWire, type Surface } from './http/index';
import { hostName, openHubState, type HubStateOptions } from './hubState';
import { askForCertificate, closeServer, listen, OpenSockets, tlsServerOptions } from './listeners';
import { createMqttWire } from './mqtt/index';
import { createOnePort } from './onePort';
import type { AccessRules } from './state/access';
import type { TlsIdentity } from './tlsIdentity';

export interface HubOptions extends HubStateOptions {
  /** A hub with `https` alone has that one port for every protocol. */
  readonly ports: Pick<Record<PortName, number>, 'https'> & Partial<Record<PortName, number>>;
  /** Whether a port in use moves to a free one; otherwise it ends the start. */
  readonly movePorts: boolean;
  /** Address to listen on; loopback unless the user asked for another. */
  readonly listenAddress: string;
  readonly loadIdentity: (folder: string, names: ServerNames) => Promise<TlsIdentity>;
  /** What else the HTTPS port serves. */
  readonly surfaces?: readonly Surface[];
  readonly firstByteTimeoutMs?: number;
}

export interface MovedPort {
  readonly name: PortName;
  readonly wanted: number;
  readonly opened: number;
}

export interface Hub {
  readonly context: HubContext;
  readonly identity: TlsIdentity;
  readonly movedPorts: readonly MovedPort[];
  setAccess(rules: AccessRules): void;
  setRetention(milliseconds: number): void;
  close(): Promise<void>;
}

const retentionCheckMs = 30_000;
const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';

/**
 * Opens an IoT Hub over a folder of its own, which no other hub uses meanwhile.
 * @throws PortTakenError
 */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { dataFolder, hubName, listenAddress, log, now } = options;
  fs.mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const names = {
    dns: [hostName, `${hubName}.azure-devices.net`],
    addresses: [
      '127.0.0.1',
      '::1',
      ...(net.isIP(listenAddress) && !isWildcard(listenAddress) ? [listenAddress] : []),
    ],
  };
  const identity = await options.loadIdentity(dataFolder, names);
  const ports = { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 };
  const aliases = new Set([...names.dns, ...names.addresses, hubName, listenAddress.toLowerCase()]);
  const state = await openHubState(options, aliases, ports);
  const { context } = state;

  let ready = false;
  const mqtt = createMqttWire(context);
  const amqp = createAmqpWire(context);
  /** Hands a stream over to MQTT, with the certificate that came along with its socket. */
  const welcome = (stream: Duplex, peer: string, socket: tls.TLSSocket): void => {
    const presented = presentedBy(socket);
    if (!presented) {
      mqtt.handle(stream, peer);
      return;
    }
    // Whatever breaks meanwhile is told to the connection, or ends it here.
    const onError = (): void => void stream.destroy();
    stream.on('error', onError);
    withRules(presented).then(
      (certificate) => {
        if (!stream.destroyed) mqtt.handle(stream, peer, certificate);
        stream.off('error', onError);
      },
      (error: unknown) => {
        log('warn', `MQTT: the certificate of ${peer} cannot be read: ${String(error)}`);
        stream.destroy();
      },
    );
  };
  const http = createHttpWire(context, {
    surfaces: options.surfaces ?? [],
    isReady: () => ready,
    onAmqpSocket: (socket) => {
      amqp.handleWebSocket(socket);
    },
    onMqttStream: welcome,
  });
  const onMqtt = (socket: tls.TLSSocket): void => {
    welcome(socket, `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`, socket);
  };
  const onAmqp = (socket: net.Socket): void => {
    amqp.handleSocket(socket);
  };
  const tlsOptions = tlsServerOptions(identity.server);
  const servers = {
    mqtt: tls.createServer({ ...tlsOptions, ...askForCertificate, noDelay: true }, onMqtt),
    https: createOnePort(
      { ...tlsOptions, ...askForCertificate },
      {
        http: http.onRequest,
        mqtt: onMqtt,
        amqp: onAmqp,
        log: (text) => {
          log('warn', text);
        },
      },
      options.firstByteTimeoutMs,
    ),
    amqp: tls.createServer({ ...tlsOptions, noDelay: true }, onAmqp),
    amqpPlain: net.createServer({ noDelay: true }, onAmqp),
  };
  servers.https.on('upgrade', http.onUpgrade);
  const open = new OpenSockets();
  for (const [name, server] of Object.entries(servers)) {
    open.watch(server);
    server.on('tlsClientError', (error: Error) => {
      log('warn', `TLS: a client of the ${name} port did not complete the handshake: ${error.message}`);
    });
  }

  let renewal: NodeJS.Timeout | undefined;
  const retention = setInterval(() => {
    context.events.enforceRetention();
  }, retentionCheckMs);
  const close = async (): Promise<void> => {
    ready = false;
    clearInterval(retention);
    clearTimeout(renewal);
    mqtt.close();
    await amqp.close();
    http.close();
    open.destroyAll();
    await Promise.all(Object.values(servers).map(closeServer));
    state.close();
  };

  const movedPorts: MovedPort[] = [];
  try {
    for (const name of ['mqtt', 'https', 'amqp', 'amqpPlain'] as const) {
      const wanted = options.ports[name];
      if (wanted === undefined) continue;
      // The port without TLS never leaves the machine.
      const address = name === 'amqpPlain' ? '127.0.0.1' : listenAddress;
      ports[name] = await listen(servers[name], address, { name, port: wanted }, options.movePorts);
      if (wanted !== 0 && ports[name] !== wanted) movedPorts.push({ name, wanted, opened: ports[name] });
    }
    ports.mqtt ||= ports.https;
    ports.amqp ||= ports.https;
    const renewLater = (renewAtMs: number): void => {
      renewal = setTimeout(
        () => {
          void options.loadIdentity(dataFolder, names).then((renewed) => {
            for (const server of [servers.mqtt, servers.https, servers.amqp]) {
              server.setSecureContext({ cert: renewed.server.certificate, key: renewed.server.key });
            }
            renewLater(renewed.renewAtMs);
          });
        },
        Math.min(Math.max(renewAtMs - now(), 60_000), 24 * 60 * 60 * 1000),
      );
    };
    renewLater(identity.renewAtMs);
  } catch (error) {
    await close();
    throw error;
  }
  ready = true;
  return {
    context,
    identity,
    movedPorts,
    setAccess: (rules) => {
      context.access.set(rules);
      mqtt.review();
      amqp.review();
    },
    setRetention: (milliseconds) => {
      state.setRetention(milliseconds);
    },
    close,
  };
}
