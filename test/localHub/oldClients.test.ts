import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOldClients } from '../host/oldClients.mjs';
import { makeCertificate } from '../support/x509';
import { createHub, deviceOf, eventsStringOf, type MadeHub } from './support/arm';
import { sasToken, startTestHub, type TestHub } from './support/hub';
import { run } from './support/mosquitto';
import { missingAddress } from './support/privilegedPorts';

const folder = findOldClients();
const skipped = folder === undefined ? ' (skipped: npm does not have them)' : missingAddress;

describe.skipIf(skipped !== '')(`Old clients, unmodified${skipped}`, () => {
  let hub: TestHub;
  let made: MadeHub;
  let certificate: { readonly cert: string; readonly key: string };
  let key: string;
  let sent = 0;

  beforeAll(async () => {
    hub = await startTestHub({ hubAddresses: 'auto', armPhaseMs: 10 });
    made = await createHub(hub.endpoints, 'old-clients');
    ({ key } = await deviceOf(made, 'by-key'));
    const { pem, keyPem } = await makeCertificate({ commonName: 'by-certificate' });
    certificate = { cert: pem, key: keyPem };
    const primaryThumbprint = new X509Certificate(pem).fingerprint256.replaceAll(':', '');
    await made.registry().create({
      deviceId: 'by-certificate',
      authentication: { type: 'selfSigned', x509Thumbprint: { primaryThumbprint, secondaryThumbprint: '' } },
    });
  });
  afterAll(() => hub.close());

  async function use(wanted: Readonly<Record<string, unknown>>): Promise<unknown> {
    const program = path.resolve(__dirname, 'support/oldClientProgram.cjs');
    const { code, output } = await run(process.execPath, [program], undefined, 240_000, {
      NODE_EXTRA_CA_CERTS: hub.endpoints.caFile,
      WANTED: JSON.stringify({ folder, host: made.hostName, ...wanted }),
    });
    const [, result] = /^result (.*)$/m.exec(output) ?? [];
    if (code !== 0 || result === undefined) throw new Error(`ended with ${String(code)}: ${output}`);
    return JSON.parse(result);
  }

  describe.each([
    ['device', 'azure-iot-device-mqtt 1.1', ['device-1.1', 'device-mqtt-1.1']],
    ['device', 'azure-iot-device-mqtt 1.3', ['device-1.3', 'device-mqtt-1.3']],
    ['mqtt', 'mqtt 2', ['mqtt-2']],
    ['mqtt', 'mqtt 4', ['mqtt-4']],
  ])('as a %s client: %s', (kind, title, packages) => {
    it('sends with a SAS token', async () => {
      const token = sasToken({ resource: `${made.hostName}/devices/by-key`, key });
      await use({ use: kind, packages, deviceId: 'by-key', key, token, body: `${title}, SAS` });
      sent++;
    });

    it('sends with a certificate', async () => {
      await use({ use: kind, packages, deviceId: 'by-certificate', certificate, body: `${title}, X.509` });
      sent++;
    });
  });

  it('azure-iothub 1.1 registers, reads and deletes a device', async () => {
    const connectionString = `HostName=${made.hostName};SharedAccessKeyName=iothubowner;SharedAccessKey=${made.keyOf('iothubowner')}`;
    expect(
      await use({ use: 'registry', packages: ['iothub-1.1'], deviceId: 'passing', connectionString }),
    ).toBe('passing');
  });

  it.each(['event-hubs-2', 'event-hubs-5'])('@azure/%s reads what they sent', async (name) => {
    const bodies = await use({
      use: 'events',
      packages: [name],
      count: sent,
      connectionString: eventsStringOf(made),
      eventHub: 'iothub-ehub-old-clients',
    });
    expect(bodies).toEqual([
      'azure-iot-device-mqtt 1.1, SAS',
      'azure-iot-device-mqtt 1.1, X.509',
      'azure-iot-device-mqtt 1.3, SAS',
      'azure-iot-device-mqtt 1.3, X.509',
      'mqtt 2, SAS',
      'mqtt 2, X.509',
      'mqtt 4, SAS',
      'mqtt 4, X.509',
    ]);
  });
});
