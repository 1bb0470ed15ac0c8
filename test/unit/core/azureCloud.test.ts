import { describe, expect, it } from 'vitest';
import { readCloud } from '../../../src/core/azure/cloud';

const custom = { resourceManagerEndpointUrl: 'https://management.local:8443/' };

describe('The cloud in VS Code settings', () => {
  it.each<[unknown, string, string]>([
    [undefined, 'https://management.azure.com', 'https://iothubs.azure.net'],
    ['', 'https://management.azure.com', 'https://iothubs.azure.net'],
    ['ChinaCloud', 'https://management.chinacloudapi.cn', 'https://iothubs.azure.net'],
    ['USGovernment', 'https://management.usgovcloudapi.net', 'https://iothubs.azure.us'],
  ])('is recognized: %j', (environment, resourceManager, hubResource) => {
    const cloud = readCloud({ environment, customEnvironment: custom, caFile: '/ca.pem' });
    expect(cloud).toMatchObject({ resourceManager, hubResource });
    expect(cloud.provider).toBe(environment ? 'microsoft-sovereign-cloud' : 'microsoft');
    // Its hubs have public CAs, which a custom CA file would replace.
    expect(cloud.caFile).toBeUndefined();
  });

  it('is a custom cloud with the configured endpoints', () => {
    expect(
      readCloud({
        environment: 'custom',
        customEnvironment: {
          ...custom,
          name: 'Plant',
          managementEndpointUrl: 'https://audience/',
          portalUrl: 'https://portal.local/',
        },
        caFile: '/ca.pem',
      }),
    ).toEqual({
      name: 'Plant',
      resourceManager: 'https://management.local:8443',
      managementResource: 'https://audience/',
      hubResource: 'https://iothubs.azure.net',
      portal: 'https://portal.local',
      provider: 'microsoft-sovereign-cloud',
      caFile: '/ca.pem',
    });
    expect(readCloud({ environment: 'custom', customEnvironment: custom })).toMatchObject({
      name: 'Custom cloud',
      managementResource: 'https://management.local:8443/',
    });
  });

  it.each<[unknown, string]>([
    [undefined, 'resourceManagerEndpointUrl is missing'],
    [{}, 'resourceManagerEndpointUrl is missing'],
    [{ resourceManagerEndpointUrl: 'http://plain' }, 'must be an https:// URL'],
    [{ resourceManagerEndpointUrl: 'https://host/path' }, 'without a path'],
  ])('that is custom and incomplete is reported: %j', (customEnvironment, message) => {
    expect(() => readCloud({ environment: 'custom', customEnvironment })).toThrow(message);
  });
});
