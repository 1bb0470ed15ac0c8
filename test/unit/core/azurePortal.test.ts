import { describe, expect, it } from 'vitest';
import { readCloud } from '../../../src/core/azure/cloud';
import { hasPortal, portalUrl } from '../../../src/core/azure/portal';
import { anAzureHub } from '../../support/azure';

const accounts = (environment: string | undefined, customEnvironment: unknown = undefined) => ({
  cloud: () => readCloud({ environment, customEnvironment }),
});
const custom = { resourceManagerEndpointUrl: 'https://management.local' };

describe('The Azure portal', () => {
  it('has a URL for each hub and subscription, with its tenant', () => {
    const place = { tenantId: 'home', id: anAzureHub().id };
    expect(portalUrl('https://portal.azure.com', place)).toBe(
      'https://portal.azure.com/#@home/resource/subscriptions/s1/resourceGroups/rg-iot/providers/Microsoft.Devices/IotHubs/factory',
    );
    const { portal = '' } = readCloud({
      environment: 'custom',
      customEnvironment: { ...custom, portalUrl: 'https://portal.local/' },
    });
    expect(portalUrl(portal, { tenantId: 'home', id: '/subscriptions/s1' })).toBe(
      'https://portal.local/#@home/resource/subscriptions/s1',
    );
  });

  it('is available in known clouds and in a custom cloud that configures it', () => {
    for (const environment of [undefined, 'ChinaCloud', 'USGovernment']) {
      expect(hasPortal(accounts(environment))).toBe(true);
    }
    expect(hasPortal(accounts('custom', { ...custom, portalUrl: 'https://portal.local' }))).toBe(true);
    expect(hasPortal(accounts('custom', { ...custom, portalUrl: '' }))).toBe(false);
    expect(hasPortal(accounts('custom', {}))).toBe(false);
  });
});
