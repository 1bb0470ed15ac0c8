import { SharedAccessSignature } from 'azure-iothub/dist/common-core/shared_access_signature';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSasToken, deviceResource } from '../../../src/core/hub/sasToken';

const key = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');

describe('A shared access signature', () => {
  it('matches a token computed with openssl', () => {
    // printf 'factory.azure-devices.net%%2Fdevices%%2Fthermostat-1\n1700000000' |
    //   openssl dgst -sha256 -mac HMAC -macopt key:0123456789abcdef0123456789abcdef -binary | base64
    const token = createSasToken({
      resource: deviceResource('factory.azure-devices.net', 'thermostat-1'),
      key,
      expiresAt: 1_700_000_000_000,
    });
    expect(token).toBe(
      'SharedAccessSignature sr=factory.azure-devices.net%2Fdevices%2Fthermostat-1&sig=1EFuKz7C4D%2Fj6oaoYzIsglcN2WYXEFSjRKWS37MreS4%3D&se=1700000000',
    );
  });

  it('contains the policy name only if a policy signed it', () => {
    const request = { resource: 'h.net', key, expiresAt: 0 };
    expect(createSasToken(request)).not.toContain('skn');
    expect(createSasToken({ ...request, policyName: 'my policy' })).toMatch(/&skn=my%20policy$/);
  });

  it('matches the token of the Azure SDK for every resource that requires no encoding', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9.-]{1,40}$/),
        fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/),
        fc.integer({ min: 1, max: 4_000_000_000 }),
        fc.uint8Array({ minLength: 16, maxLength: 64 }),
        (resource, policyName, expiry, bytes) => {
          const own = Buffer.from(bytes).toString('base64');
          const theirs = SharedAccessSignature.create(resource, policyName, own, expiry);
          const token = createSasToken({ resource, policyName, key: own, expiresAt: expiry * 1000 });
          const fields = (text: string) =>
            Object.fromEntries(
              text
                .split(' ')[1]
                ?.split('&')
                .map((field) => field.split(/=(.*)/s)) ?? [],
            ) as object;
          expect(fields(token)).toEqual(fields(theirs.toString()));
        },
      ),
    );
  });
});
