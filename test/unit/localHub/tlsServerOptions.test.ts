import tls from 'node:tls';
import { afterEach, expect, it, vi } from 'vitest';
import { tlsServerOptions } from '../../../src/localHub/listeners';

const identities = {
  server: { certificate: 'certificate', key: 'key' },
  rsaServer: { certificate: 'RSA certificate', key: 'RSA key' },
};

afterEach(() => {
  vi.restoreAllMocks();
});

it('a TLS library that accepts two certificates gets both, and prefers the suites with ECDSA', () => {
  vi.spyOn(tls, 'createSecureContext').mockReturnValue({ context: {} });
  const { cert, key, ciphers = '' } = tlsServerOptions(identities);
  expect([cert, key]).toEqual([
    ['certificate', 'RSA certificate'],
    ['key', 'RSA key'],
  ]);
  const suites = ciphers.split(':');
  expect(suites.findLastIndex((name) => name.includes('-ECDSA-'))).toBeLessThan(
    suites.findIndex((name) => name.includes('-RSA-')),
  );
  expect([...suites].sort()).toEqual(tls.DEFAULT_CIPHERS.split(':').sort());
});

it('a TLS library that accepts only one gets that with ECDSA', () => {
  // As BoringSSL does.
  vi.spyOn(tls, 'createSecureContext').mockImplementation(() => {
    throw new Error('KEY_TYPE_MISMATCH');
  });
  expect(tlsServerOptions(identities)).toMatchObject({ cert: 'certificate', key: 'key' });
});
