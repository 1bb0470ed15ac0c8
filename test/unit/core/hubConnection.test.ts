import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hubShortName, parseHubConnection } from '../../../src/core/hub/hubConnection';

const key = Buffer.from('0123456789abcdef').toString('base64');
const plain = `HostName=factory.azure-devices.net;SharedAccessKeyName=service;SharedAccessKey=${key}`;

describe('hub connection string', () => {
  it('without ports uses the ports of Azure and the CAs of the system', () => {
    expect(parseHubConnection(plain)).toEqual({
      hostName: 'factory.azure-devices.net',
      policyName: 'service',
      key,
      mqttPort: 8883,
      httpsPort: 443,
      amqpPort: 5671,
    });
  });

  it('can contain the ports and the CA file of the hub', () => {
    const text = `${plain};MqttPort=18883;HttpsPort=18443;AmqpPort=15671;CaFile=/home/me/my = hub/ca.pem`;
    expect(parseHubConnection(text)).toMatchObject({
      mqttPort: 18883,
      httpsPort: 18443,
      amqpPort: 15671,
      caFile: '/home/me/my = hub/ca.pem',
    });
  });

  const arm =
    'ArmEndpoint=https://localhost:8444/;ArmTokenFile=/x/arm.token;ArmResourceId=/subscriptions/s/resourceGroups/rg/providers/Microsoft.Devices/IotHubs/h';

  it('can contain the management endpoint of the hub', () => {
    expect(parseHubConnection(`${plain};${arm}`).management).toEqual({
      endpoint: 'https://localhost:8444',
      subscriptionId: 's',
      resourceGroup: 'rg',
      hubName: 'h',
      credential: { tokenFile: '/x/arm.token' },
    });
    expect(parseHubConnection(plain).management).toBeUndefined();
  });

  it.each([
    [arm.replace('https:', 'http:'), 'https://'],
    [arm.replace(/;ArmTokenFile=[^;]*/, ''), 'ArmTokenFile'],
    [arm.replace('IotHubs/h', 'h'), 'ArmResourceId'],
  ])('reports an invalid management endpoint: %s', (text, message) => {
    expect(() => parseHubConnection(`${plain};${text}`)).toThrow(message);
  });

  it('is parsed with spaces, quotes, and any order and case of names', () => {
    const text = ` "sharedaccesskey=${key}; HOSTNAME=localhost ;SharedAccessKeyName=iothubowner;" `;
    expect(parseHubConnection(text)).toMatchObject({ hostName: 'localhost', policyName: 'iothubowner', key });
  });

  it.each([
    ['', 'not a valid connection string'],
    ['hello', 'not a valid connection string'],
    [`HostName=h.net;DeviceId=d;SharedAccessKey=${key}`, 'a device connection string'],
    [`Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=${key}`, 'Event Hubs'],
    ['HostName=h.net;SharedAccessSignature=SharedAccessSignature sr=h.net', 'expires'],
    [`SharedAccessKeyName=a;SharedAccessKey=${key}`, 'missing HostName'],
    [`HostName=h.net;SharedAccessKey=${key}`, 'missing SharedAccessKeyName'],
    ['HostName=h.net;SharedAccessKeyName=a', 'missing SharedAccessKey='],
    ['HostName=h.net;SharedAccessKeyName=a;SharedAccessKey=abc', 'Base64'],
    [`HostName=localhost:8443;SharedAccessKeyName=a;SharedAccessKey=${key}`, 'MqttPort'],
    [`HostName=https://h.net;SharedAccessKeyName=a;SharedAccessKey=${key}`, 'a host name without a port'],
    [`${plain};MqttPort=0`, 'MqttPort must be a port'],
    [`${plain};HttpsPort=eighty`, 'HttpsPort must be a port'],
    [`${plain};AmqpPort=70000`, 'AmqpPort must be a port'],
  ])('%j is rejected with a message that contains "%s"', (text, part) => {
    expect(() => parseHubConnection(text)).toThrow(
      expect.objectContaining({
        code: 'invalidInput',
        message: expect.stringContaining(part) as string,
      }) as Error,
    );
  });

  it('is never rejected with a message that contains the key', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 60 }).filter((text) => !text.includes(';')),
        (secret) => {
          try {
            parseHubConnection(`HostName=h.net;SharedAccessKeyName=a;MqttPort=x;SharedAccessKey=${secret}`);
          } catch (error) {
            const trimmed = secret.trim();
            if (trimmed.length >= 8) expect((error as Error).message).not.toContain(trimmed);
          }
        },
      ),
    );
  });

  it('has a short name for its host name', () => {
    expect(hubShortName('factory.azure-devices.net')).toBe('factory');
    expect(hubShortName('localhost')).toBe('localhost');
    expect(hubShortName('127.0.0.2')).toBe('127.0.0.2');
  });
});
