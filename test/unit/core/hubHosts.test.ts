import dns from 'node:dns';
import { describe, expect, it, vi } from 'vitest';
import { findEventHub } from '../../../src/azure/events/eventHubAddress';
import { openDeviceRegistry } from '../../../src/azure/registry/index';
import { deviceConnectionString } from '../../../src/core/device/deviceConnectionString';
import { type Device } from '../../../src/core/device/device';
import {
  classicHostOf,
  deviceHostOf,
  hostsOf,
  isSameHost,
  serviceHostOf,
} from '../../../src/core/hub/hubHosts';
import { parseHubConnection } from '../../../src/core/hub/hubConnection';
import { mqttSettings } from '../../../src/core/mqtt/mqttSettings';

const suffixes = [
  'azure-devices.net',
  'azure-devices.cn',
  'azure-devices.us',
  'azure-devices.region.contoso.com',
];

describe('The host names of a hub in Azure', () => {
  it.each(suffixes)('are mapped to one that serves the protocol (%s)', (suffix) => {
    const [classic, device, service] = [
      `plant.${suffix}`,
      `plant.device.${suffix}`,
      `plant.service.${suffix}`,
    ];
    for (const host of [classic, device, service]) {
      expect(hostsOf(host)).toEqual([classic, device, service]);
      expect(classicHostOf(host)).toBe(classic);
      expect(isSameHost(host.toUpperCase(), classic)).toBe(true);
      expect(isSameHost(host, `other.${suffix}`)).toBe(false);
    }
    expect([classic, device, service].map(serviceHostOf)).toEqual([classic, service, service]);
    expect([classic, device, service].map(deviceHostOf)).toEqual([classic, device, device]);
  });

  it('may contain the words as the name of a hub', () => {
    expect(serviceHostOf('device.azure-devices.net')).toBe('device.azure-devices.net');
    expect(hostsOf('service.device.azure-devices.net')[0]).toBe('service.azure-devices.net');
  });

  it.each(['localhost', '127.0.0.1', 'hub.device.contoso.com', 'edge.local', ''])(
    'other hosts stay as they are: %j',
    (host) => {
      expect([serviceHostOf(host), deviceHostOf(host), classicHostOf(host), ...hostsOf(host)]).toEqual([
        host,
        host,
        host,
        host,
      ]);
      expect(isSameHost(host, 'plant.azure-devices.net')).toBe(false);
    },
  );

  it('of services is not what a device connects to, signs for, and gets as connection string', () => {
    const hub = parseHubConnection(
      'HostName=plant.service.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=a2V5',
    );
    const credentials = { kind: 'sas', primaryKey: 'a2V5', secondaryKey: 'a2V5' } as const;
    const device = { deviceId: 'd1', credentials } as unknown as Device;
    const settings = mqttSettings({ hub, device, bag: [], tokenSeconds: 60, now: 0 });
    expect(settings).toMatchObject({
      host: 'plant.device.azure-devices.net',
      userName: expect.stringMatching(/^plant\.device\.azure-devices\.net\/d1\//) as string,
      credentials: {
        password: expect.stringContaining('sr=plant.device.azure-devices.net%2Fdevices%2Fd1&') as string,
      },
    });
    expect(deviceConnectionString(hub, device)).toContain('HostName=plant.device.azure-devices.net;');
  });

  it('of devices is not what REST and AMQP connect to', async () => {
    const hub = parseHubConnection(
      'HostName=plant.device.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=a2V5',
    );
    const asked: string[] = [];
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((
      host: string,
      _: object,
      done: (e: Error) => void,
    ) => {
      asked.push(host);
      done(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    }) as never);
    const registry = await openDeviceRegistry(hub);
    await expect(registry.find('d1')).rejects.toThrow('plant.service.azure-devices.net');
    const never = new AbortController().signal;
    for (const transport of ['amqp', 'webSocket'] as const)
      await expect(findEventHub(hub, undefined, { transport }, never)).rejects.toMatchObject({
        code: 'unreachable',
      });
    lookup.mockRestore();
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(new Set(asked)).toEqual(new Set(['plant.service.azure-devices.net']));
  });
});
