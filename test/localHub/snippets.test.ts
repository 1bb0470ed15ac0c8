import { execFile } from 'node:child_process';
import { createHash, createPrivateKey } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { EventHubConsumerClient, earliestEventPosition, type ReceivedEventData } from '@azure/event-hubs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { telemetryTopic, type MqttCredentials, type MqttSettings } from '../../src/core/mqtt/mqttSettings';
import { createSnippet, type SnippetKind } from '../../src/core/mqtt/snippets';
import { type PropertyBag } from '../../src/core/message/propertyBag';
import { makeCertificate } from '../support/x509';
import { certificateUserName, createCertificateDevice } from './support/certificates';
import { createDevice, deviceToken, makeTemporaryFolder, startTestHub, type TestHub } from './support/hub';
import { type ToolResult } from './support/mosquitto';

let hub: TestHub;
let consumer: EventHubConsumerClient;
const events: ReceivedEventData[] = [];
const folder = makeTemporaryFolder();
const passphrase = 'pass $1 "word"';

beforeAll(async () => {
  hub = await startTestHub();
  consumer = new EventHubConsumerClient('$Default', hub.endpoints.eventHubConnectionString);
  consumer.subscribe(
    {
      processEvents: async (batch) => {
        events.push(...batch);
      },
      processError: async () => undefined,
    },
    {
      startPosition: earliestEventPosition,
      maxBatchSize: 100,
      maxWaitTimeInSeconds: 0.1,
      skipParsingBodyAsJson: true,
    },
  );
});
afterAll(async () => {
  await consumer.close();
  await hub.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function execute(
  program: string,
  args: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { env: { ...process.env, ...env }, timeout: 120_000 },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : null) : 0;
        resolve({ code, output: stdout + stderr + (code === null ? String(error?.message) : '') });
      },
    );
    // A program that fails immediately does not read its input.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

let programs = 0;

/** Runs a copied snippet as a user would. */
const runners: Readonly<
  Partial<Record<SnippetKind, (text: string, env?: NodeJS.ProcessEnv) => Promise<ToolResult>>>
> = {
  mosquittoSh: async (text, env) => execute('sh', ['-c', text], { env }),
  // At an address outside Azure, az publishes with mosquitto_pub.
  az: async (text, env) => execute('sh', ['-c', text], { env }),
  // Node resolves packages of a program on standard input from the working directory.
  node: async (text, env) => execute(process.execPath, ['--input-type=commonjs', '-'], { input: text, env }),
  python: async (text, env) => {
    const file = path.join(folder, `publish${++programs}.py`);
    fs.writeFileSync(file, text);
    // Debian's Python, which has Debian's packages.
    return execute('/usr/bin/python3', ['-W', 'error::DeprecationWarning', file], { env });
  },
  c: async (text, env) => {
    const file = path.join(folder, `publish${++programs}`);
    fs.writeFileSync(`${file}.c`, text);
    const strict = ['-std=c99', '-Wall', '-Wextra', '-Wtrigraphs', '-Werror'];
    const made = await execute('cc', [...strict, `${file}.c`, '-lmosquitto', '-o', file]);
    return made.code === 0 ? execute(file, [], { env }) : made;
  },
};

const onDebian = fs.existsSync('/etc/debian_version');
const onWindows = process.platform === 'win32';

/** Why a snippet cannot run on this machine. `node test/host/environment.mjs` installs what is missing on Debian. */
function obstacle(kind: SnippetKind): string | undefined {
  if ((kind === 'mosquittoSh' || kind === 'az') && onWindows) return 'sh is not available on Windows';
  if (kind === 'python' && !onDebian) return 'only on Debian paho-mqtt is installed for tests';
  if (kind === 'c' && !onDebian) return 'only on Debian libmosquitto-dev is installed for tests';
  return undefined;
}

const bag: PropertyBag = [
  ['$.ct', 'application/json'],
  ['$.ce', 'utf-8'],
  ['a&b=c', `1 & 2 = 3; 100% "it's" $HOME #+/\\?`],
  ['größe', '😀 ü (x)*!'],
];

function settingsOf(deviceId: string, credentials: MqttCredentials, number: number): MqttSettings {
  return {
    host: 'localhost',
    port: hub.endpoints.mqttPort,
    caFile: hub.endpoints.caFile,
    clientId: deviceId,
    userName: certificateUserName(deviceId),
    topic: telemetryTopic(deviceId, [...bag, ['case', String(number)]]),
    credentials,
  };
}

const sas = (password: string): MqttCredentials => ({
  kind: 'sas',
  password,
  expiresAt: Date.now() + 600_000,
});

/** Credentials with a certificate, for a new device. */
async function certificateCredentials(deviceId: string, isKeyEncrypted: boolean): Promise<MqttCredentials> {
  const { pem, keyPem, certificate } = await makeCertificate({ commonName: deviceId });
  const hash = createHash('sha1').update(Buffer.from(certificate.rawData)).digest('hex').toUpperCase();
  await createCertificateDevice(hub, deviceId, { primaryThumbprint: hash, secondaryThumbprint: hash });
  const certificateFile = path.join(folder, `für "${deviceId}" $1.pem`);
  const keyFile = `${certificateFile}.key`;
  fs.writeFileSync(certificateFile, pem);
  const encryption = { cipher: 'aes-256-cbc', passphrase };
  const key = createPrivateKey(keyPem);
  fs.writeFileSync(
    keyFile,
    key.export({ type: 'pkcs8', format: 'pem', ...(isKeyEncrypted ? encryption : {}) }),
  );
  return { kind: 'x509', certificateFile, keyFile, isKeyEncrypted };
}

let cases = 0;

interface Publication {
  readonly kind: SnippetKind;
  readonly deviceId: string;
  readonly credentials: MqttCredentials;
  readonly payload: string;
  readonly qos?: 0 | 1;
  readonly env?: NodeJS.ProcessEnv;
}

/** Publishes with a snippet and compares the message at the hub. */
async function publishes({
  kind,
  deviceId,
  credentials,
  payload,
  qos = 1,
  env,
}: Publication): Promise<string> {
  const number = ++cases;
  const text = createSnippet(kind, { settings: settingsOf(deviceId, credentials, number), payload, qos });
  const { code, output } = (await runners[kind]?.(text, env)) ?? { code: null, output: 'no runner' };
  expect(code, output).toBe(0);
  const event = await vi.waitUntil(
    () => events.find(({ properties }) => properties?.case === String(number)),
    { timeout: 30_000 },
  );
  expect(Buffer.from(event.body as Uint8Array).toString('hex')).toBe(Buffer.from(payload).toString('hex'));
  expect(event.properties).toEqual({ ...Object.fromEntries(bag.slice(2)), case: String(number) });
  expect(event.contentType).toBe('application/json');
  expect(event.systemProperties?.['iothub-connection-device-id']).toBe(deviceId);
  return output;
}

const payloads = [
  ['nasty', String.raw`{"q":"it's \"x\" $HOME %d \\ ü 😀 ??/"}`],
  ['with several lines', '{\n  "q": "??/\\n%s",\r\n\t"1": 7\n}\n'],
  ['with digits after escape sequences', 'é1\u{1f600}9\u00017"\u2028\u2029`${x}`!'],
  ['empty', ''],
] as const;

const kinds = ['mosquittoSh', 'az', 'node', 'python', 'c'] as const;
const isProgram = (kind: SnippetKind) => kind === 'node' || kind === 'python' || kind === 'c';

describe.each(kinds)('The snippet %s', (kind) => {
  const reason = obstacle(kind);
  if (reason) {
    it.skip(`is skipped: ${reason}`, () => undefined);
    return;
  }

  it.each(payloads)('publishes a payload: %s', async (_, payload) => {
    const device = await createDevice(hub.endpoints, `it's-${kind}-${cases}`);
    const credentials = sas(deviceToken({ ...device, deviceId: encodeURIComponent(device.deviceId) }));
    const output = await publishes({ kind, deviceId: device.deviceId, credentials, payload });
    if (isProgram(kind)) expect(output.trim()).toBe('acknowledged');
  });

  it('publishes with QoS 0', async () => {
    const device = await createDevice(hub.endpoints, `${kind}-qos-0`);
    const credentials = sas(deviceToken(device));
    const output = await publishes({ kind, deviceId: device.deviceId, credentials, payload: 'x', qos: 0 });
    expect(output).not.toContain('acknowledged\n');
  });

  it('publishes by certificate', async () => {
    const deviceId = `${kind}-x509`;
    await publishes({
      kind,
      deviceId,
      credentials: await certificateCredentials(deviceId, false),
      payload: payloads[0][1],
    });
  });

  it('fails with a message if the hub refuses', async () => {
    const device = await createDevice(hub.endpoints, `${kind}-refused`);
    const settings = settingsOf(device.deviceId, sas(deviceToken(device, -1)), 0);
    const result = await runners[kind]?.(createSnippet(kind, { settings, payload: 'x', qos: 1 }));
    expect(result?.code).toBeGreaterThan(0);
    expect(result?.output).toMatch(/not authori[sz]ed/i);
  });

  it('fails with a message if the hub is unreachable or its CA is not trusted', async () => {
    const device = await createDevice(hub.endpoints, `${kind}-unreached`);
    const { pem } = await makeCertificate({ commonName: 'other', isAuthority: true });
    const caFile = path.join(folder, 'other-ca.pem');
    fs.writeFileSync(caFile, pem);
    const settings = settingsOf(device.deviceId, sas(deviceToken(device)), 0);
    for (const wrong of [{ port: 1 }, { caFile }]) {
      const text = createSnippet(kind, { settings: { ...settings, ...wrong }, payload: 'x', qos: 1 });
      const result = await runners[kind]?.(text);
      expect(result?.code).toBeGreaterThan(0);
      expect(result?.output).toMatch(/refused|verif|TLS/i);
    }
  });

  // mosquitto_pub asks for the passphrase in the terminal.
  if (!isProgram(kind)) return;
  it('reads the passphrase of a key from the environment', async () => {
    const deviceId = `${kind}-encrypted`;
    const credentials = await certificateCredentials(deviceId, true);
    await publishes({ kind, deviceId, credentials, payload: 'x', env: { KEY_PASSPHRASE: passphrase } });
    const settings = settingsOf(deviceId, credentials, 0);
    const text = createSnippet(kind, { settings, payload: 'x', qos: 1 });
    const result = await runners[kind]?.(text, { KEY_PASSPHRASE: '' });
    expect(result?.code).toBeGreaterThan(0);
    expect(result?.output).toContain('Set KEY_PASSPHRASE to the passphrase of the private key.');
  });
});
