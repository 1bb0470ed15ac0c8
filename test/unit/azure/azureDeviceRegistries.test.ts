import { afterEach, describe, expect, it } from 'vitest';
import { AzureDeviceRegistries } from '../../../src/azure/azureServices';
import { IotError } from '../../../src/core/errors';
import { type HubConnection } from '../../../src/core/hub/hubConnection';

const byKey: HubConnection = {
  hostName: 'localhost',
  policyName: 'registryRead',
  key: 'a2V5',
  mqttPort: 1,
  httpsPort: 1,
  amqpPort: 1,
};
let connection: HubConnection = byKey;
const registries = new AzureDeviceRegistries(async () => connection);
afterEach(() => registries.dispose());

/** Fails before a request is sent, with the name of the credential. */
const tokensOf = (name: string) => ({
  getToken: async () => {
    throw new IotError('signInNeeded', name);
  },
});

describe('The device registry of a hub', () => {
  it('is reused while hub, policy and key are unchanged', async () => {
    connection = byKey;
    const first = await registries.forHub('hub');
    connection = { ...byKey };
    expect(await registries.forHub('hub')).toBe(first);
    connection = { ...byKey, key: 'bmV3' };
    const second = await registries.forHub('hub');
    expect(second).not.toBe(first);
    connection = { ...byKey, key: 'bmV3', httpsPort: 2 };
    expect(await registries.forHub('hub')).not.toBe(second);
  });

  it('requests the newest token without being recreated', async () => {
    connection = { ...byKey, policyName: '', key: '', tokens: tokensOf('first') };
    const registry = await registries.forHub('hub');
    await expect(registry.get('pump')).rejects.toThrow('first');
    connection = { ...connection, tokens: tokensOf('second') };
    expect(await registries.forHub('hub')).toBe(registry);
    await expect(registry.get('pump')).rejects.toMatchObject({ code: 'signInNeeded', message: 'second' });
  });
});
