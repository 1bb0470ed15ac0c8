import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEventHub } from '../../src/azure/events/eventHubAddress';
import { openDeviceRegistry } from '../../src/azure/registry/azureDeviceRegistry';
import { parseHubConnection } from '../../src/core/hub/hubConnection';
import { createHub, eventsStringOf, hubOf, rest, type MadeHub } from './support/arm';
import { makeTemporaryFolder, startTestHub, type TestHub } from './support/hub';
import { run } from './support/mosquitto';
import { missingAddress } from './support/privilegedPorts';
import { missingClient, readWithPython } from './support/pythonClients';

const dataFolder = makeTemporaryFolder();
let hub: TestHub;

const start = (hubAddresses: 'auto' | 'off'): Promise<TestHub> =>
  startTestHub({ hubAddresses, dataFolder, armPhaseMs: 10 });

afterAll(() => {
  fs.rmSync(dataFolder, { recursive: true, force: true });
});

describe.skipIf(missingAddress !== '')(`The built-in hub on the standard ports${missingAddress}`, () => {
  it('has no port in its strings', async () => {
    const own = await startTestHub({
      listenAddress: '127.0.0.253',
      ports: { https: 443, mqtt: 8883, amqp: 5671, amqpPlain: 0 },
    });
    try {
      const { armEndpoint, serviceConnectionString, workbenchConnectionString } = own.endpoints;
      expect(armEndpoint).toBe('https://127.0.0.253');
      expect(serviceConnectionString).toMatch(/^HostName=127\.0\.0\.253;/);
      expect(workbenchConnectionString).not.toContain('Port=');
      expect(parseHubConnection(workbenchConnectionString)).toMatchObject({
        ...{ hostName: '127.0.0.253', mqttPort: 8883, httpsPort: 443, amqpPort: 5671 },
        management: { endpoint: armEndpoint },
      });
    } finally {
      await own.close();
    }
  });
});

describe.skipIf(missingAddress !== '')(`A hub with an address of its own${missingAddress}`, () => {
  let made: MadeHub;
  let partition: string;

  beforeAll(async () => {
    hub = await start('auto');
    made = await createHub(hub.endpoints, 'own-address');
  });
  afterAll(() => hub.close());

  it('has it as its host name in ARM, without a port', () => {
    expect(made.hostName).toMatch(/^127\.0\.\d+\.\d+$/);
    expect(made.description.properties?.eventHubEndpoints?.['events']?.endpoint).toBe(
      `sb://${made.hostName}/`,
    );
  });

  it('serves unmodified Node.js SDKs by its connection strings', async () => {
    const program = path.resolve(__dirname, 'support/standardPortsProgram.mjs');
    const { code, output } = await run(process.execPath, [program], undefined, 240_000, {
      NODE_EXTRA_CA_CERTS: hub.endpoints.caFile,
      HOST: made.hostName,
      HUB: `HostName=${made.hostName};SharedAccessKeyName=iothubowner;SharedAccessKey=${made.keyOf('iothubowner')}`,
      EVENTS: eventsStringOf(made),
    });
    const [, result] = /^result (.*)$/m.exec(output) ?? [];
    if (code !== 0 || result === undefined) throw new Error(`ended with ${String(code)}: ${output}`);
    const found = JSON.parse(result) as { readonly overTls: { readonly partition: string } };
    ({ partition } = found.overTls);
    const reading = { partition, bodies: ['Mqtt', 'MqttWs'] };
    expect(found).toEqual({ devices: ['d'], overTls: reading, overWebSockets: reading });
  });

  const missing = missingClient('azure-eventhub');
  it.skipIf(missing !== '').each(['TLS', 'WebSockets'] as const)(
    `serves azure-eventhub for Python over %s${missing}`,
    async (transport) => {
      const reading = await readWithPython(
        {
          hostName: made.hostName,
          amqpPort: 5671,
          httpsPort: 443,
          caFile: hub.endpoints.caFile,
          eventHubConnectionString: eventsStringOf(made),
        },
        'azure-eventhub',
        transport,
        2,
        partition,
      );
      expect(reading.bodies).toEqual(['"Mqtt"', '"MqttWs"']);
    },
  );

  it('is reached on localhost with a port too, as the same hub', async () => {
    const port = portOf('own-address');
    expect(await rest(hub.endpoints, '/health', { port })).toMatchObject({
      body: { hubName: 'own-address' },
    });
  });

  it('is a different address for each hub', async () => {
    const second = await createHub(hub.endpoints, 'second');
    expect(second.hostName).toMatch(/^127\.0\.\d+\.\d+$/);
    expect(second.hostName).not.toBe(made.hostName);
    expect((await second.registry().list()).responseBody).toEqual([]);
    expect((await made.registry().list()).responseBody).toMatchObject([{ deviceId: 'd' }]);
  });

  it('is what the extension connects to', async () => {
    const connection = parseHubConnection(
      `HostName=${made.hostName};SharedAccessKeyName=iothubowner;SharedAccessKey=${made.keyOf('iothubowner')};CaFile=${hub.endpoints.caFile}`,
    );
    const { devices } = await (await openDeviceRegistry(connection)).list('SELECT * FROM devices', 10);
    expect(devices).toMatchObject([{ deviceId: 'd' }]);
    for (const transport of ['amqp', 'webSocket'] as const) {
      const address = await findEventHub(connection, hub.ca, { transport }, new AbortController().signal);
      expect(address).toEqual({ host: made.hostName, entityPath: 'iothub-ehub-own-address' });
    }
  });

  it('is kept over restarts, and replaced by another while it is in use', async () => {
    await hub.close();
    hub = await start('auto');
    expect((await hubOf(hub.endpoints, 'made', made.name)).hostName).toBe(made.hostName);

    await hub.close();
    const other = net.createServer();
    await new Promise<void>((resolve) => {
      other.listen({ host: made.hostName, port: 8883 }, resolve);
    });
    hub = await start('auto');
    const moved = await hubOf(hub.endpoints, 'made', made.name);
    expect(moved.hostName).toMatch(/^127\.0\.\d+\.\d+$/);
    expect(moved.hostName).not.toBe(made.hostName);
    expect((await moved.registry().list()).responseBody).toMatchObject([{ deviceId: 'd' }]);
    expect(hub.logLines).toContain(
      `warn ${made.hostName} of hub 'own-address' is in use: the hub has the address ${moved.hostName}`,
    );
    const certificate = fs.readFileSync(path.join(dataFolder, 'hubs/own-address/server.pem'), 'utf8');
    expect(new X509Certificate(certificate).checkIP(moved.hostName)).toBe(moved.hostName);
    await new Promise((resolve) => other.close(resolve));
  });

  it('is given up when addresses are off: the hub is localhost with the port that it always had', async () => {
    const port = portOf('own-address');
    await hub.close();
    hub = await start('off');
    expect((await hubOf(hub.endpoints, 'made', made.name)).hostName).toBe(`localhost:${port}`);
  });
});

/** The port on localhost, which the account stores. */
function portOf(name: string): number {
  const account = JSON.parse(fs.readFileSync(path.join(dataFolder, 'account.json'), 'utf8')) as {
    readonly hubs: readonly { readonly name: string; readonly port: number }[];
  };
  return account.hubs.find((one) => one.name === name)?.port ?? 0;
}
