import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { WebSocketServer } from 'ws';
import { Authenticator } from '../../../src/localHub/auth/authenticator';
import { formatAuthMethod } from '../../../src/localHub/auth/authMethod';
import { createAmqpService, type AmqpService, type AmqpServiceOptions } from '../../../src/localHub/amqp';
import type { HubContext } from '../../../src/localHub/context';
import { openDatabase } from '../../../src/localHub/state/database';
import { Access } from '../../../src/localHub/state/access';
import { CaCertificates } from '../../../src/localHub/state/caCertificates';
import { parseCondition } from '../../../src/localHub/http/query';
import { ConsumerGroups } from '../../../src/localHub/state/consumerGroups';
import { DailyQuota } from '../../../src/localHub/state/dailyQuota';
import { DeviceRegistry } from '../../../src/localHub/state/deviceRegistry';
import { EventLog } from '../../../src/localHub/state/eventLog';
import type { NewEvent } from '../../../src/localHub/state/events';
import { KeyValueStore } from '../../../src/localHub/state/keyValueStore';
import { Policies, type Policy } from '../../../src/localHub/state/policies';
import { Routing } from '../../../src/localHub/state/routing';
import { Throttle } from '../../../src/localHub/state/throttle';

export interface AmqpHub {
  readonly context: HubContext;
  readonly wire: AmqpService;
  readonly events: EventLog;
  readonly ports: { readonly plain: number; readonly tls: number; readonly webSocket: number };
  readonly ca: Buffer;
  readonly logs: string[];
  /** Sockets of the plain port, for tests that close them. */
  readonly sockets: Set<net.Socket>;
  readonly policy: (name: string) => Policy;
  /** Stores events in one transaction and waits until they are readable. */
  readonly publish: (...events: Partial<NewEvent>[]) => Promise<void>;
  /** An Event Hubs connection string of the plain port. */
  readonly connectionString: (changes?: {
    key?: string;
    policy?: string;
    entity?: string;
    port?: number;
  }) => string;
  readonly close: () => Promise<void>;
}

export const eventHubName = 'iothub-ehub-test-1-abc';

/** A device whose messages are assigned to this partition. */
export function deviceIn(events: EventLog, partition: number): string {
  for (let i = 0; ; i++) if (events.partitionOf(`device-${i}`) === partition) return `device-${i}`;
}

/** `SharedAccessSignature …`; Event Hubs clients sign with the characters of the key, IoT Hub's with its bytes. */
export function sasToken(
  resource: string,
  policy: Policy,
  options: { readonly seconds?: number; readonly form?: 'text' | 'decoded' } = {},
): string {
  const { seconds = 3600, form = 'text' } = options;
  const sr = encodeURIComponent(resource);
  const se = Math.floor(Date.now() / 1000) + seconds;
  const key = form === 'text' ? Buffer.from(policy.primaryKey) : Buffer.from(policy.primaryKey, 'base64');
  const sig = createHmac('sha256', key).update(`${sr}\n${se}`).digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}&skn=${policy.keyName}`;
}

function makeCertificate(folder: string): { key: Buffer; cert: Buffer } {
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout ${key} -out ${cert}`.split(
      ' ',
    ),
    { stdio: 'ignore' },
  );
  return { key: fs.readFileSync(key), cert: fs.readFileSync(cert) };
}

const listen = (server: net.Server | https.Server): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

export async function startAmqpHub(
  options: AmqpServiceOptions & { partitionCount?: number } = {},
): Promise<AmqpHub> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'amqp-hub-'));
  const sql = await openDatabase(folder);
  const now = (): number => Date.now();
  const events = new EventLog(sql, {
    partitionCount: options.partitionCount ?? 2,
    retentionMs: 86_400_000,
    maxBytes: 256 * 1024 * 1024,
    now,
  });
  const registry = new DeviceRegistry(sql, now);
  const certificates = new CaCertificates(sql, now);
  const policies = new Policies(new KeyValueStore(sql));
  const access = new Access();
  const logs: string[] = [];
  const ports = { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 };
  const context: HubContext = {
    hubName: 'local-hub',
    hostName: 'localhost',
    eventHubName,
    access,
    createdAtMs: Date.parse('2026-01-02T03:04:05Z'),
    registry,
    certificates,
    policies,
    events,
    consumerGroups: new ConsumerGroups(),
    routing: new Routing(parseCondition),
    throttle: new Throttle(0, Date.now),
    quota: new DailyQuota(0, 4_096, now),
    authenticator: new Authenticator({
      registry,
      policies,
      certificates,
      access,
      hostAliases: new Set(['localhost', '127.0.0.1', 'local-hub.azure-devices.net']),
      tokenToleranceMs: 0,
      now,
    }),
    now,
    log: (level, text) => logs.push(`${level} ${text}`),
    ports,
  };
  const wire = createAmqpService(context, options);
  const { key, cert } = makeCertificate(folder);
  const sockets = new Set<net.Socket>();
  const plain = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    wire.handleSocket(socket);
  });
  const secure = tls.createServer({ key, cert }, (socket) => {
    wire.handleSocket(socket);
  });
  const web = https.createServer({ key, cert });
  const webSockets = new WebSocketServer({
    server: web,
    path: '/$servicebus/websocket',
    handleProtocols: () => 'AMQPWSB10',
  });
  webSockets.on('connection', (ws) => {
    wire.handleWebSocket(ws);
  });
  const plainPort = await listen(plain);
  const tlsPort = await listen(secure);
  const webSocketPort = await listen(web);
  Object.assign(ports, { amqp: tlsPort, amqpPlain: plainPort, https: webSocketPort });

  const policy = (name: string): Policy => {
    const found = policies.find(name);
    if (!found) throw new Error(`no policy ${name}`);
    return found;
  };
  return {
    context,
    wire,
    events,
    ports: { plain: plainPort, tls: tlsPort, webSocket: webSocketPort },
    ca: cert,
    logs,
    sockets,
    policy,
    publish: async (...list) => {
      await Promise.all(
        list.map(
          (event) =>
            new Promise<void>((resolve, reject) => {
              events.append(
                {
                  deviceId: 'device-0',
                  authMethod: formatAuthMethod('device', 'sas'),
                  generationId: '638000000000000000',
                  source: 'Telemetry',
                  system: {},
                  properties: {},
                  body: Buffer.from('{}'),
                  ...event,
                },
                (error) => {
                  if (error) reject(error);
                  else resolve();
                },
              );
            }),
        ),
      );
    },
    connectionString: ({
      key: otherKey,
      policy: name = 'service',
      entity = eventHubName,
      port = plainPort,
    } = {}) =>
      `Endpoint=sb://localhost:${port};SharedAccessKeyName=${name};SharedAccessKey=${otherKey ?? policy(name).primaryKey};EntityPath=${entity};UseDevelopmentEmulator=true`,
    close: async () => {
      await wire.close();
      webSockets.close();
      for (const server of [plain, secure, web]) server.close();
      events.close();
      sql.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
