import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { azureRootsPem } from '../../../src/azure/publicRoots';

describe('The root certificates of Azure', () => {
  it('are those that servers of hubs have now and after a change of their CA', () => {
    const pems = azureRootsPem().match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    const names = pems.map((pem) => /CN=(.+)$/m.exec(new X509Certificate(pem).subject)?.[1]);
    expect(names.toSorted()).toEqual([
      'DigiCert Global Root G2',
      'DigiCert Global Root G3',
      'Microsoft RSA Root Certificate Authority 2017',
    ]);
  });
});
