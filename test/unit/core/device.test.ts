import { describe, expect, it } from 'vitest';
import { type Device } from '../../../src/core/device/device';
import { deviceConnectionString, deviceKey } from '../../../src/core/device/deviceConnectionString';
import { deviceIdProblem, worksOverMqtt } from '../../../src/core/device/deviceId';
import { devicesStartingWith } from '../../../src/core/device/deviceQuery';
import { normalizeThumbprint, thumbprintProblem } from '../../../src/core/device/thumbprint';
import { type HubConnection } from '../../../src/core/hub/hubConnection';
import { mqttSettings } from '../../../src/core/mqtt/mqttSettings';
import { jsonProperties } from '../../../src/core/message/propertyBag';

const hub: HubConnection = {
  hostName: 'localhost',
  policyName: 'iothubowner',
  key: 'a2V5',
  mqttPort: 8883,
  httpsPort: 8443,
  amqpPort: 5671,
  caFile: '/ca.pem',
};
const device: Device = {
  deviceId: 'd1',
  authentication: 'sas',
  isEnabled: true,
  isConnected: false,
  isEdge: false,
  credentials: { kind: 'sas', primaryKey: 'a2V5MQ==', secondaryKey: 'a2V5Mg==' },
  etag: 'x',
};

describe('device ID', () => {
  it.each(['a', "A-1.b+c%d_e#f*g?h!i(j),k:l=m@n$o'p", 'x'.repeat(128)])('%s is valid', (deviceId) => {
    expect(deviceIdProblem(deviceId)).toBeUndefined();
  });

  it.each([
    ['', 'Enter a device ID'],
    ['x'.repeat(129), '129'],
    ['two words', 'cannot contain spaces'],
    ['a/b', '"/"'],
    ['grün', '"ü"'],
    ['a\\b', '"\\"'],
  ])('"%s" is rejected with a message', (deviceId, part) => {
    expect(deviceIdProblem(deviceId)).toContain(part);
  });

  it('that contains MQTT wildcards cannot publish', () => {
    expect(worksOverMqtt('a-1')).toBe(true);
    expect(worksOverMqtt('a#1')).toBe(false);
    expect(() =>
      mqttSettings({ hub, device: { ...device, deviceId: 'a+b' }, bag: [], tokenSeconds: 1, now: 0 }),
    ).toThrow('MQTT');
  });

  it('is quoted in queries', () => {
    expect(devicesStartingWith("o'neil")).toBe("SELECT * FROM devices WHERE STARTSWITH(deviceId, 'o''neil')");
  });
});

describe('device connection string', () => {
  it('has the format of the SDKs', () => {
    expect(deviceConnectionString(hub, device)).toBe(
      'HostName=localhost;DeviceId=d1;SharedAccessKey=a2V5MQ==',
    );
  });

  it('contains a custom port after the host name', () => {
    expect(deviceConnectionString({ ...hub, mqttPort: 18883 }, device)).toMatch(/^HostName=localhost:18883;/);
  });

  it('contains x509=true for devices with certificates, which have no key', () => {
    const own: Device = { ...device, credentials: { kind: 'certificateAuthority' } };
    expect(deviceConnectionString(hub, own)).toBe('HostName=localhost;DeviceId=d1;x509=true');
    expect(() => deviceKey(own)).toThrow('certificate');
  });
});

describe('MQTT settings', () => {
  const request = { hub, device, tokenSeconds: 600, now: 1_700_000_000_000 };

  it('match those of IoT Hub devices', () => {
    const settings = mqttSettings({ ...request, bag: jsonProperties });
    expect(settings).toMatchObject({
      host: 'localhost',
      port: 8883,
      caFile: '/ca.pem',
      clientId: 'd1',
      userName: 'localhost/d1/?api-version=2021-04-12',
      topic: 'devices/d1/messages/events/$.ct=application%2Fjson&$.ce=utf-8',
      credentials: { kind: 'sas', expiresAt: 1_700_000_600_000 },
    });
    expect(settings.credentials.kind === 'sas' && settings.credentials.password).toMatch(
      /^SharedAccessSignature sr=localhost%2Fdevices%2Fd1&sig=.*&se=1700000600$/,
    );
  });

  it('do not declare text as JSON', () => {
    expect(mqttSettings({ ...request, bag: [] }).topic).toBe('devices/d1/messages/events/');
  });

  it('use a given CA file', () => {
    expect(mqttSettings({ ...request, bag: [], caFile: '/other.pem' }).caFile).toBe('/other.pem');
  });
});

describe('thumbprint', () => {
  it('can contain colons, spaces and lowercase letters', () => {
    const typed = Array(20).fill('ab').join(':');
    expect(thumbprintProblem(typed)).toBeUndefined();
    expect(normalizeThumbprint(` ${typed} `)).toBe('AB'.repeat(20));
    expect(thumbprintProblem('a'.repeat(64))).toBeUndefined();
  });

  const sha1 = 'A0F7'.repeat(10);
  const sha256 = '0BC1'.repeat(16);
  const colons = (hex: string) => hex.replace(/..(?!$)/g, '$&:');
  const spaces = (hex: string) => hex.toLowerCase().replace(/..(?!$)/g, '$& ');
  it.each([
    ['openssl', `SHA1 Fingerprint=${colons(sha1)}\n`, sha1],
    ['openssl 3', `sha256 Fingerprint=${colons(sha256)}`, sha256],
    ['keytool', `\t SHA256: ${colons(sha256)}`, sha256],
    ['keytool, older', `SHA1: ${colons(sha1)}`, sha1],
    ['Windows', `\u200E${spaces(sha1)}`, sha1],
    ['certutil', `Cert Hash(sha1): ${spaces(sha1)}`, sha1],
    ['certutil, older', `Cert Hash(sha1): ${sha1.toLowerCase()}`, sha1],
    ['PowerShell, list', `Thumbprint : ${sha1}`, sha1],
    ['PowerShell, table', `Thumbprint   Subject\n----------  -------\n${sha1}  CN=device 1`, sha1],
    ['az', `  "thumbprint": "${sha1}",`, sha1],
    ['az, device', `"primaryThumbprint": "${sha256}"`, sha256],
    ['a browser', `SHA-256 Fingerprint\t${spaces(sha256)}`, sha256],
    ['a document', `\u201c${colons(sha1)}\u201d`, sha1],
    ['two lines', `${colons(sha256).slice(0, 48)}\n${colons(sha256).slice(48)}`, sha256],
    ['hyphens', sha1.replace(/..(?!$)/g, '$&-'), sha1],
    ['C', `0x${sha1}`, sha1],
    ['an environment file', `THUMBPRINT='${sha1}'`, sha1],
  ])('is accepted as it is copied from %s', (_, typed, expected) => {
    expect(normalizeThumbprint(typed)).toBe(expected);
    expect(thumbprintProblem(typed)).toBeUndefined();
  });

  it.each([
    ['', '40 (SHA-1) or 64'],
    ['xyz', '"X"'],
    ['abcd', 'has 4'],
    [`SHA1 Fingerprint=${'AB:'.repeat(18)}AB`, 'has 38'],
    [`Thumbprint: ${'ab'.repeat(31)}`, 'has 62'],
    ['SHA1 Fingerprint=', '40 (SHA-1) or 64'],
  ])('"%s" is rejected with a message', (typed, part) => {
    expect(thumbprintProblem(typed)).toContain(part);
  });
});
