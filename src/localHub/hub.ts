import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { createAmqpWire } from './amqp/index';
import { Authenticator } from './auth/authenticator';
import { presentedBy, withRules } from './auth/clientCertificate';
import type { HubContext } from './context';
import type { LocalHubEndpoints, LogLevel, PortName } from './control/contract';
import { writeSecretFile } from './files';
import { hubResourceId } from './http/armAccess';
import { createHttpWire } from './http/index';
import { askForCertificate, closeServer, listen, OpenSockets, tlsServerOptions } from './listeners';
import { createMqttWire } from './mqtt/index';
import { startSample, sampleDevices, type Sample } from './sample';
import { openDatabase, type SqlEngine } from './state/database';
import { CaCertificates } from './state/caCertificates';
import { DailyQuota } from './state/dailyQuota';
import { DeviceRegistry } from './state/deviceRegistry';
import { EventLog } from './state/eventLog';
import { Meta } from './state/meta';
import { Policies } from './state/policies';
import { loadTlsIdentity } from './tlsIdentity';

export interface HubOptions {
  readonly dataFolder: string;
  readonly ports: Readonly<Record<PortName, number>>;
  /** Whether a port in use moves to a free one; otherwise it ends the start. */
  readonly movePorts: boolean;
  /** Address to listen on; loopback unless the user asked for another. */
  readonly listenAddress: string;
  readonly sample: boolean;
  readonly partitionCount: number;
  readonly retentionMs: number;
  readonly maxBytes: number;
  /** Messages of 4 KB that the hub takes a day; none means no limit. */
  readonly dailyQuota?: number;
  readonly sqlEngine?: SqlEngine;
  readonly now?: () => number;
  readonly log: (level: LogLevel, text: string) => void;
}

export interface Hub {
  readonly endpoints: LocalHubEndpoints;
  close(): Promise<void>;
}

const hubName = 'local-hub';
/** One name that is in each client's trust, its user names and its tokens: VS Code's proxy support spares it too. */
const hostName = 'localhost';
const retentionCheckMs = 30_000;
/** What counts as one message on the paid tiers. */
const paidMeterBytes = 4 * 1024;

const isLoopback = (address: string): boolean => /^(127\.|::1$|localhost$)/.test(address);

/**
 * Starts an IoT Hub over a data folder. The caller holds the folder's lock.
 * @throws PortTakenError
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { dataFolder, log } = options;
  const now = options.now ?? Date.now;
  fs.mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const sql = await openDatabase(dataFolder, options.sqlEngine);
  const meta = new Meta(sql);
  const policies = new Policies(meta);
  const registry = new DeviceRegistry(sql, now);
  const certificates = new CaCertificates(sql, now);
  const events = new EventLog(sql, { ...options, partitionCount: partitionCountOf(meta, options), now });
  log(
    'info',
    `Data in ${dataFolder} (SQLite: ${sql.engine}), ${registry.count} devices, ${events.size} bytes of events`,
  );
  const names = {
    dns: [hostName, `${hubName}.azure-devices.net`],
    addresses: [
      '127.0.0.1',
      '::1',
      ...(net.isIP(options.listenAddress) && !isWildcard(options.listenAddress)
        ? [options.listenAddress]
        : []),
    ],
  };
  const identity = await loadTlsIdentity(dataFolder, names, now());
  const ports = { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 };
  const context: HubContext = {
    hubName,
    hostName,
    // On Azure the entity path differs from the hub's name too; a client that mixes them up shall notice here.
    eventHubName: `iothub-ehub-${hubName}`,
    createdAtMs: Number(meta.getOrMake('createdAtMs', () => String(now()))),
    registry,
    certificates,
    policies,
    events,
    quota: new DailyQuota(options.dailyQuota ?? 0, paidMeterBytes, now),
    authenticator: new Authenticator({
      registry,
      policies,
      certificates,
      hostAliases: new Set([...names.dns, ...names.addresses, hubName, options.listenAddress.toLowerCase()]),
      now,
    }),
    now,
    log,
    ports,
  };

  let ready = false;
  const armToken = meta.getOrMake('armToken', () => randomBytes(32).toString('base64url'));
  const armTokenFile = path.join(dataFolder, 'arm-token');
  writeSecretFile(armTokenFile, armToken);
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
    armToken,
    isReady: () => ready,
    onAmqpSocket: (socket) => {
      amqp.handleWebSocket(socket);
    },
    onMqttStream: welcome,
  });
  const tlsOptions = tlsServerOptions(identity.server);
  const servers = {
    mqtt: tls.createServer({ ...tlsOptions, ...askForCertificate, noDelay: true }, (socket) => {
      welcome(socket, `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`, socket);
    }),
    https: https.createServer({ ...tlsOptions, ...askForCertificate }, http.onRequest),
    amqp: tls.createServer({ ...tlsOptions, noDelay: true }, (socket) => {
      amqp.handleSocket(socket);
    }),
    amqpPlain: net.createServer({ noDelay: true }, (socket) => {
      amqp.handleSocket(socket);
    }),
  };
  servers.https.on('upgrade', http.onUpgrade);
  const open = new OpenSockets();
  for (const [name, server] of Object.entries(servers)) {
    open.watch(server);
    server.on('tlsClientError', (error: Error) => {
      log('warn', `TLS: a client of the ${name} port did not complete the handshake: ${error.message}`);
    });
  }

  let sample: Sample | undefined;
  let renewal: NodeJS.Timeout | undefined;
  const retention = setInterval(() => {
    events.enforceRetention();
  }, retentionCheckMs);
  const close = async (): Promise<void> => {
    ready = false;
    clearInterval(retention);
    clearTimeout(renewal);
    sample?.stop();
    mqtt.close();
    await amqp.close();
    http.close();
    open.destroyAll();
    await Promise.all(Object.values(servers).map(closeServer));
    events.close();
    sql.close();
  };

  const movedPorts: { name: PortName; wanted: number; opened: number }[] = [];
  try {
    if (!isLoopback(options.listenAddress)) {
      log(
        'warn',
        `The hub listens on ${options.listenAddress}: everybody who reaches this machine can try to log in.`,
      );
    }
    for (const name of ['mqtt', 'https', 'amqp', 'amqpPlain'] as const) {
      const wanted = options.ports[name];
      // The port without TLS never leaves the machine.
      const address = name === 'amqpPlain' ? '127.0.0.1' : options.listenAddress;
      ports[name] = await listen(servers[name], address, { name, port: wanted }, options.movePorts);
      if (wanted !== 0 && ports[name] !== wanted) movedPorts.push({ name, wanted, opened: ports[name] });
    }
    const renewLater = (renewAtMs: number): void => {
      renewal = setTimeout(
        () => {
          void loadTlsIdentity(dataFolder, names, now()).then((renewed) => {
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
    if (options.sample) sample = startSample(context, identity.caCertificate);
  } catch (error) {
    await close();
    throw error;
  }
  ready = true;
  const endpoints = describeEndpoints(context, {
    dataFolder,
    caFile: identity.caFile,
    armTokenFile,
    movedPorts,
    sampleDevices: options.sample ? sampleDevices : [],
  });
  log(
    'info',
    `Ready: MQTT ${ports.mqtt}, HTTPS ${ports.https}, AMQP ${ports.amqp}, AMQP without TLS ${ports.amqpPlain}`,
  );
  return { endpoints, close };
}

const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';

/** A hub keeps the partition count that it was made with. */
function partitionCountOf(meta: Meta, options: HubOptions): number {
  return Number(meta.getOrMake('partitionCount', () => String(options.partitionCount)));
}

function describeEndpoints(
  context: HubContext,
  rest: Pick<LocalHubEndpoints, 'dataFolder' | 'caFile' | 'armTokenFile' | 'movedPorts' | 'sampleDevices'>,
): LocalHubEndpoints {
  const { ports, policies } = context;
  const owner = policies.find('iothubowner');
  const service = policies.find('service');
  if (!owner || !service)
    throw new Error('The data folder has no policies: delete it, or choose another with --data.');
  const connection = `HostName=${context.hostName};SharedAccessKeyName=${owner.keyName};SharedAccessKey=${owner.primaryKey}`;
  return {
    hubName: context.hubName,
    hostName: context.hostName,
    mqttPort: ports.mqtt,
    httpsPort: ports.https,
    amqpPort: ports.amqp,
    amqpPlainPort: ports.amqpPlain,
    caFile: rest.caFile,
    serviceConnectionString: connection,
    eventHubConnectionString: `Endpoint=sb://${context.hostName}:${ports.amqpPlain}/;SharedAccessKeyName=${service.keyName};SharedAccessKey=${service.primaryKey};EntityPath=${context.eventHubName};UseDevelopmentEmulator=true`,
    workbenchConnectionString: `${connection};MqttPort=${ports.mqtt};HttpsPort=${ports.https};AmqpPort=${ports.amqp};CaFile=${rest.caFile};ArmEndpoint=https://${context.hostName}:${ports.https};ArmResourceId=${hubResourceId(context.hubName)};ArmTokenFile=${rest.armTokenFile}`,
    armEndpoint: `https://${context.hostName}:${ports.https}`,
    armTokenFile: rest.armTokenFile,
    sampleDevices: rest.sampleDevices,
    movedPorts: rest.movedPorts,
    dataFolder: rest.dataFolder,
    pid: process.pid,
  };
}
