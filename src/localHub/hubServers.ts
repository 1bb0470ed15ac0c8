import type https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { createAmqpService } from './amqp/index';
import { presentedBy } from './auth/clientCertificate';
import type { HubContext } from './context';
import type { PortName } from './control/contract';
import { plainAddressOf } from './hostText';
import { createHttpService, type MountedApi } from './http/index';
import { closeServer, listen, OpenSockets, requestClientCertificate, tlsServerOptions } from './listeners';
import { createMqttService } from './mqtt/index';
import { createMultiProtocolServer } from './multiProtocolServer';
import { openOwnAddress, standardPorts } from './ownAddress';
import { peerOf } from './peer';
import type { TlsIdentity } from './tlsIdentity';
import { UnauthenticatedSockets, type UnauthenticatedLimits } from './unauthenticatedSockets';

export interface HubServersOptions {
  readonly context: HubContext;
  readonly identity: TlsIdentity;
  /** What else the HTTPS port serves. */
  readonly mountedApis: readonly MountedApi[];
  readonly firstByteTimeoutMs?: number;
  readonly unauthenticatedLimits?: Partial<UnauthenticatedLimits>;
  /** Whether the hub may get an address of its own. */
  readonly mayHaveOwnAddress: boolean;
}

export interface PortOptions {
  /** A hub with `https` alone has that one port for every protocol. */
  readonly ports: Pick<Record<PortName, number>, 'https'> & Partial<Record<PortName, number>>;
  /** Whether a port in use is replaced by a free one; otherwise it fails the start. */
  readonly movePorts: boolean;
  readonly listenAddress: string;
  /**
   * Addresses of which the hub may have one with the standard ports, besides `ports`; for a hub that has `https` alone.
   */
  readonly ownAddresses?: Iterable<string>;
}

export interface MovedPort {
  readonly name: PortName;
  readonly wanted: number;
  readonly opened: number;
}

export interface OpenedPorts {
  /** Those of the host name; 0 for a port that was not asked for. */
  readonly ports: Readonly<Record<PortName, number>>;
  /** The port on `localhost`, or on the address that the hub listens on, that accepts every protocol. */
  readonly localPort: number;
  readonly movedPorts: readonly MovedPort[];
  /** The address of which the hub has the standard ports. */
  readonly ownAddress?: string;
}

export interface HubServers {
  /** @throws PortInUseError */
  open(options: PortOptions): Promise<OpenedPorts>;
  /** From now on `/health` reports the hub as ready. */
  setReady(): void;
  /** For connections accepted from now on. */
  setIdentity(identity: TlsIdentity): void;
  /** Ends the connections that the hub's access rules no longer allow. */
  applyAccessRules(): void;
  close(): Promise<void>;
}

/** The protocols of a hub and the servers of its ports. */
export function createHubServers(options: HubServersOptions): HubServers {
  const { context, identity } = options;
  const { log } = context;
  let isReady = false;
  const mqtt = createMqttService(context);
  const amqp = createAmqpService(context);
  const unauthenticated = new UnauthenticatedSockets(log, options.unauthenticatedLimits);
  const handleMqtt = (stream: Duplex, peer: string, socket: tls.TLSSocket): void => {
    mqtt.handle(stream, peer, presentedBy(socket), () => {
      unauthenticated.release(socket);
    });
    unauthenticated.countBytes(socket);
  };
  const http = createHttpService(context, {
    mountedApis: options.mountedApis,
    isReady: () => isReady,
    onAmqpSocket: (webSocket, socket) => {
      amqp.handleWebSocket(webSocket, () => {
        unauthenticated.release(socket);
      });
      unauthenticated.countBytes(socket);
    },
    onMqttStream: handleMqtt,
    onAuthorized: (socket) => {
      unauthenticated.release(socket);
    },
  });
  const onMqtt = (socket: tls.TLSSocket): void => {
    handleMqtt(socket, peerOf(socket), socket);
  };
  const onAmqp = (socket: net.Socket): void => {
    amqp.handleSocket(socket, () => {
      unauthenticated.release(socket);
    });
    unauthenticated.countBytes(socket);
  };
  const tlsOptions = tlsServerOptions(identity);
  if (!Array.isArray(tlsOptions.cert))
    log(
      'info',
      'TLS: clients that offer only cipher suites with RSA cannot connect to a hub that runs in Electron',
    );
  const createHttps = (): https.Server => {
    const server = createMultiProtocolServer(
      { ...tlsOptions, ...requestClientCertificate },
      {
        http: http.onRequest,
        mqtt: onMqtt,
        amqp: onAmqp,
        log: (text) => {
          log('warn', text);
        },
      },
      options.firstByteTimeoutMs === undefined ? {} : { firstByteMs: options.firstByteTimeoutMs },
    );
    server.on('upgrade', http.onUpgrade);
    return server;
  };
  const servers = {
    mqtt: tls.createServer({ ...tlsOptions, ...requestClientCertificate, noDelay: true }, onMqtt),
    https: createHttps(),
    amqp: tls.createServer({ ...tlsOptions, noDelay: true }, onAmqp),
    amqpPlain: net.createServer({ noDelay: true }, onAmqp),
  };
  const standardHttps = options.mayHaveOwnAddress ? createHttps() : undefined;
  const allServers = { ...servers, ...(standardHttps ? { standardHttps } : {}) };
  const sockets = watchSockets(allServers, log);
  for (const server of Object.values(allServers)) unauthenticated.watch(server);

  return {
    open: async (portOptions) => {
      const opened = await openPorts(servers, portOptions);
      if (!portOptions.ownAddresses || !standardHttps) return opened;
      const { mqtt: mqttServer, amqp: amqpServer } = servers;
      const { address, reason } = await openOwnAddress(
        { https: standardHttps, mqtt: mqttServer, amqp: amqpServer },
        portOptions.ownAddresses,
      );
      if (address === undefined) {
        log('info', `The hub has no address of its own: ${reason ?? ''}`);
        return opened;
      }
      return { ...opened, ports: { ...standardPorts, amqpPlain: 0 }, ownAddress: address };
    },
    setReady: () => {
      isReady = true;
    },
    setIdentity: (renewed) => {
      const renewedOptions = tlsServerOptions(renewed);
      for (const server of [servers.mqtt, servers.https, servers.amqp, standardHttps]) {
        server?.setSecureContext(renewedOptions);
      }
    },
    applyAccessRules: () => {
      mqtt.applyAccessRules();
      amqp.applyAccessRules();
    },
    close: async () => {
      isReady = false;
      mqtt.close();
      await amqp.close();
      http.close();
      sockets.destroyAll();
      await Promise.all(Object.values(allServers).map(closeServer));
    },
  };
}

function watchSockets(servers: Readonly<Record<string, net.Server>>, log: HubContext['log']): OpenSockets {
  const sockets = new OpenSockets();
  for (const [name, server] of Object.entries(servers)) {
    sockets.watch(server);
    server.on('tlsClientError', (error: Error) => {
      log('warn', `TLS: the handshake with a client of the ${name} port failed: ${error.message}`);
    });
  }
  return sockets;
}

async function openPorts(
  servers: Readonly<Record<PortName, net.Server>>,
  { ports: wantedPorts, movePorts, listenAddress }: PortOptions,
): Promise<OpenedPorts> {
  const ports = { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 };
  const movedPorts: MovedPort[] = [];
  for (const name of ['mqtt', 'https', 'amqp', 'amqpPlain'] as const) {
    const wanted = wantedPorts[name];
    if (wanted === undefined) continue;
    const address = name === 'amqpPlain' ? plainAddressOf(listenAddress) : listenAddress;
    const opened = await listen(servers[name], address, { name, port: wanted }, movePorts);
    ports[name] = opened;
    if (wanted !== 0 && opened !== wanted) movedPorts.push({ name, wanted, opened });
  }
  ports.mqtt ||= ports.https;
  ports.amqp ||= ports.https;
  return { ports, localPort: ports.https, movedPorts };
}
