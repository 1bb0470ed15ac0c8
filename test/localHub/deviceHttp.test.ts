import { createHash } from 'node:crypto';
import https from 'node:https';
import { Client, Message } from 'azure-iot-device';
import { Http } from 'azure-iot-device-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate, type TestCertificate } from '../support/x509';
import { createCertificateDevice, uploadAuthority } from './support/certificates';
import {
  createDevice,
  deviceToken,
  readEvents,
  registryOf,
  sasToken,
  startTestHub,
  type TestDevice,
  type TestHub,
} from './support/hub';

let hub: TestHub;
let device: TestDevice;
let root: TestCertificate;
/** Messages that the hub accepted. */
let accepted = 0;

beforeAll(async () => {
  hub = await startTestHub();
  device = await createDevice(hub.endpoints, 'one+two');
  root = await makeCertificate({ commonName: 'root', isAuthority: true });
  await uploadAuthority(hub, 'root', root.pem);
});
afterAll(() => hub.close());

interface Sending {
  readonly hub?: TestHub;
  readonly deviceId?: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly token?: string;
  readonly certificate?: { readonly pem: string; readonly keyPem: string };
  readonly agent?: https.Agent;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

async function send(sending: Sending): Promise<{ readonly status: number; readonly text: string }> {
  const { hub: to = hub, deviceId = device.deviceId, token, certificate, headers = {} } = sending;
  const path = sending.path ?? `/devices/${encodeURIComponent(deviceId)}/messages/events`;
  return new Promise((resolve, reject) => {
    const request = https.request(
      {
        host: 'localhost',
        port: to.endpoints.httpsPort,
        ca: to.ca,
        agent: sending.agent ?? false,
        method: sending.method ?? 'POST',
        path: `${path}${sending.query ?? '?api-version=2021-04-12'}`,
        headers: { ...(token === undefined ? {} : { Authorization: token }), ...headers },
        ...(certificate ? { cert: certificate.pem, key: certificate.keyPem } : {}),
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          if (to === hub && response.statusCode === 204) accepted++;
          resolve({ status: response.statusCode ?? 0, text });
        });
      },
    );
    request.on('error', reject);
    request.end(sending.body);
  });
}

const policyKey = (connectionString: string): string =>
  /SharedAccessKey=([^;]+)/.exec(connectionString)?.[1] ?? '';
const ownerToken = (resource: string): string =>
  sasToken({
    resource,
    key: policyKey(hub.endpoints.serviceConnectionString),
    policyName: 'iothubowner',
  });

async function eventsOf(deviceId: string) {
  const all = await readEvents(hub.endpoints, accepted);
  return all.filter(({ systemProperties }) => systemProperties?.['iothub-connection-device-id'] === deviceId);
}

describe('Device-to-cloud messages over HTTPS', () => {
  it('are accepted with a device key, a policy, a thumbprint and a CA-signed certificate, and stored as over MQTT', async () => {
    const leaf = await makeCertificate({ commonName: 'leaf', issuer: root });
    const own = await makeCertificate({ commonName: 'own' });
    const print = createHash('sha256').update(Buffer.from(own.certificate.rawData)).digest('hex');
    await createCertificateDevice(hub, 'leaf');
    await createCertificateDevice(hub, 'own', { primaryThumbprint: print.toUpperCase() });
    const headers = {
      'iothub-messageid': 'm1',
      'iothub-correlationid': 'c1',
      'iothub-userid': 'u1',
      'iothub-to': '/devices/d/messages/events',
      'iothub-contenttype': 'application/json',
      'iothub-contentencoding': 'utf-8',
      'iothub-app-Temp': '21',
      'Content-Type': 'application/octet-stream',
    };
    const before = Date.now();
    const credentials: Sending[] = [
      { token: deviceToken(device) },
      { token: ownerToken('localhost') },
      { token: ownerToken('localhost/devices') },
      { deviceId: 'leaf', certificate: leaf },
      { deviceId: 'own', certificate: own },
    ];
    for (const credential of credentials) {
      expect(await send({ ...credential, headers, body: '{"n":1}' })).toEqual({ status: 204, text: '' });
    }
    const events = await readEvents(hub.endpoints, accepted);
    const methods = events.map(
      ({ systemProperties }) => systemProperties?.['iothub-connection-auth-method'] as string,
    );
    const method = (scope: string, type: string, issuer: string) =>
      JSON.stringify({ scope, type, issuer, acceptingIpFilterRule: null });
    expect(methods.sort()).toEqual(
      [
        method('device', 'sas', 'iothub'),
        method('device', 'x509', 'external'),
        method('device', 'x509', 'external'),
        method('hub', 'sas', 'iothub'),
        method('hub', 'sas', 'iothub'),
      ].sort(),
    );
    for (const event of events) {
      expect(event).toMatchObject({
        body: { n: 1 },
        properties: { Temp: '21' },
        contentType: 'application/json',
        correlationId: 'c1',
        messageId: 'm1',
        systemProperties: {
          'iothub-message-source': 'Telemetry',
          to: '/devices/d/messages/events',
          userId: Buffer.from('u1'),
          contentEncoding: 'utf-8',
        },
      });
      expect(event.enqueuedTimeUtc.getTime()).toBeGreaterThanOrEqual(before);
    }
    const { responseBody } = await registryOf(hub.endpoints).get('own');
    expect(
      Date.parse((responseBody as { lastActivityTime: string }).lastActivityTime),
    ).toBeGreaterThanOrEqual(before);
    expect(responseBody).toMatchObject({ connectionState: 'Disconnected' });
  });

  it('are accepted from the unmodified azure-iot-device-http, one by one and as a batch', async () => {
    const sdk = await createDevice(hub.endpoints, 'sdk');
    const client = Client.fromConnectionString(
      `HostName=localhost;DeviceId=sdk;SharedAccessKey=${sdk.primaryKey}`,
      Http,
    );
    const agent = new https.Agent({ ca: hub.ca, port: hub.endpoints.httpsPort });
    // With HTTP, its promise never resolves.
    void client.setOptions({ http: { agent } });
    const single = new Message('7');
    single.messageId = 'm1';
    single.contentType = 'application/json';
    single.properties.add('Level', 'high');
    const batched = [1, 2, 3].map((n) => {
      const message = new Message(`batched ${n}`);
      message.properties.add('n', String(n));
      return message;
    });
    await client.sendEvent(single);
    await client.sendEventBatch(batched);
    await client.close();

    const { pem, keyPem, certificate } = await makeCertificate({ commonName: 'sdk-x509' });
    const print = createHash('sha1').update(Buffer.from(certificate.rawData)).digest('hex');
    await createCertificateDevice(hub, 'sdk-x509', { primaryThumbprint: print });
    const other = Client.fromConnectionString('HostName=localhost;DeviceId=sdk-x509;x509=true', Http);
    void other.setOptions({ http: { agent }, cert: pem, key: keyPem });
    await other.sendEvent(new Message('8'));
    await other.close();
    accepted += 5;
    agent.destroy();
    const events = (await eventsOf('sdk')).map(({ body, properties, messageId, contentType }) => ({
      body: String(body),
      properties,
      messageId,
      contentType,
    }));
    expect(await eventsOf('sdk-x509')).toMatchObject([{ body: 8 }]);
    expect(events).toEqual([
      { body: '7', properties: { Level: 'high' }, messageId: 'm1', contentType: 'application/json' },
      ...[1, 2, 3].map((n) => ({ body: `batched ${n}`, properties: { n: String(n) } })),
    ]);
  });

  it('may have no body, and a certificate authenticates every request of a connection', async () => {
    const intermediate = await makeCertificate({
      commonName: 'intermediate',
      issuer: root,
      isAuthority: true,
    });
    const leaf = await makeCertificate({ commonName: 'chained', issuer: intermediate });
    await createCertificateDevice(hub, 'chained');
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    const certificate = { pem: leaf.pem + intermediate.pem, keyPem: leaf.keyPem };
    for (let i = 0; i < 3; i++) {
      expect(await send({ deviceId: 'chained', certificate, agent })).toEqual({ status: 204, text: '' });
    }
    agent.destroy();
    const events = await eventsOf('chained');
    expect(events.map(({ body }) => (body as Buffer).length)).toEqual([0, 0, 0]);
  });

  it('are refused without a valid credential, with the reason only in the log', async () => {
    const other = await createDevice(hub.endpoints, 'other');
    const disabled = await createDevice(hub.endpoints, 'disabled');
    await registryOf(hub.endpoints).update({ deviceId: 'disabled', status: 'disabled' });
    const service = sasToken({
      resource: 'localhost',
      key: policyKey(hub.endpoints.eventHubConnectionString),
      policyName: 'service',
    });
    const unknown = await makeCertificate({ commonName: 'leaf' });
    const cases: [Sending, string][] = [
      [{}, 'the client sent no shared access signature'],
      [{ token: 'Bearer x' }, 'is not a shared access signature'],
      [{ token: deviceToken(other) }, 'The token is for /devices/other, not for /devices/one+two'],
      [{ token: deviceToken(device, -1_000) }, 'The token expired at'],
      [{ token: deviceToken({ ...device, primaryKey: other.primaryKey }) }, 'matches neither key of device'],
      [{ token: service }, "does not allow access for 'DeviceConnect'"],
      [{ deviceId: 'disabled', token: deviceToken(disabled) }, 'Device disabled is disabled'],
      [{ deviceId: 'nobody', token: ownerToken('localhost') }, 'Device nobody is not registered'],
      [{ deviceId: 'leaf' }, 'the client presented none'],
      [{ deviceId: 'leaf', certificate: unknown }, 'was refused'],
      [{ deviceId: 'nobody', body: Buffer.alloc(3_000_000) }, 'Device nobody is not registered'],
    ];
    for (const [sending, reason] of cases) {
      const logged = hub.logLines.length;
      const { status, text } = await send({ body: 'x', ...sending });
      expect({ status, ...(JSON.parse(text) as object) }).toMatchObject({
        status: 401,
        Message: 'ErrorCode:IotHubUnauthorizedAccess;Unauthorized',
      });
      expect(hub.logLines.slice(logged).find((line) => line.startsWith('warn HTTP: refused'))).toContain(
        reason,
      );
    }
  });

  it('are refused if they are too large, malformed, without api-version, or of another method', async () => {
    const token = deviceToken(device);
    const max = 256 * 1024;
    const batch = { 'Content-Type': 'application/vnd.microsoft.iothub.json' };
    const cases: [Sending, number, string][] = [
      [{ body: Buffer.alloc(max + 1) }, 413, 'MessageTooLarge'],
      [{ body: Buffer.alloc(max), headers: { 'iothub-app-a': '' } }, 413, 'MessageTooLarge'],
      [
        { body: Buffer.alloc(3_000_000), headers: { 'Transfer-Encoding': 'chunked' } },
        413,
        'MessageTooLarge',
      ],
      [{ body: `[{"body":"${'A'.repeat(max)}"}]`, headers: batch }, 413, 'MessageTooLarge'],
      [{ body: '{"body":"eA=="}', headers: batch }, 400, 'ArgumentInvalid'],
      [{ headers: { 'iothub-app-': 'x' } }, 400, 'ArgumentInvalid'],
      [{ query: '' }, 400, 'InvalidProtocolVersion'],
      [{ method: 'GET' }, 405, 'MethodNotAllowed'],
      [{ method: 'GET', path: '/devices/one%2Btwo/messages/deviceBound' }, 501, 'NotImplemented'],
      [{ method: 'DELETE', path: '/devices/one%2Btwo/messages/deviceBound/tag' }, 501, 'NotImplemented'],
      [{ path: '/devices/one%2Btwo/modules/m/messages/events' }, 501, 'NotImplemented'],
    ];
    for (const [sending, status, code] of cases) {
      const answer = await send({ token, ...sending });
      expect(answer).toEqual({ status, text: expect.stringContaining(`"ErrorCode:${code};`) as unknown });
    }
    expect((await send({ token, body: Buffer.alloc(max) })).status).toBe(204);
  });

  it('are counted against the daily quota, a batch by its size', async () => {
    const limited = await startTestHub({ dailyQuota: 2 });
    const pump = await createDevice(limited.endpoints, 'pump');
    const token = deviceToken(pump);
    const messages = JSON.stringify(Array.from({ length: 50 }, () => ({ body: 'eA==' })));
    const headers = { 'Content-Type': 'application/vnd.microsoft.iothub.json' };
    const sending = { hub: limited, deviceId: 'pump', token };
    expect((await send({ ...sending, headers, body: messages })).status).toBe(204);
    expect((await send({ ...sending, body: 'second' })).status).toBe(204);
    expect(await send({ ...sending, body: 'third' })).toEqual({
      status: 403,
      text: expect.stringContaining('ErrorCode:IotHubQuotaExceeded;') as unknown,
    });
    expect(await readEvents(limited.endpoints, 51)).toHaveLength(51);
    await limited.close();
  });

  it('are refused with 429 if they would wait too long for their turn', async () => {
    const limited = await startTestHub({ messagesPerSecond: 1 });
    const pump = await createDevice(limited.endpoints, 'pump');
    const sending = { hub: limited, deviceId: 'pump', token: deviceToken(pump) };
    const headers = { 'Content-Type': 'application/vnd.microsoft.iothub.json' };
    const body = JSON.stringify(Array.from({ length: 50 }, () => ({ body: 'eA==' })));
    expect(await send({ ...sending, headers, body })).toEqual({
      status: 429,
      text: expect.stringContaining('ErrorCode:ThrottlingException;') as unknown,
    });
    await limited.close();
  });
});
