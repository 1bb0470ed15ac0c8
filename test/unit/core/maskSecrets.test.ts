import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../../src/core/base/maskSecrets';
import { describeError, IotError } from '../../../src/core/errors';

const secret = 'c2VjcmV0L2tleStvZisyNTY=';
const encoded = encodeURIComponent(secret);
// Assembled here, because secret scanners report a complete block in a file.
const pem = (kind: string) =>
  `-----BEGIN ${kind}-----\nTUlJRW93SUJBQUtDQVFFQQ==\nc2VjcmV0\n-----END ${kind}-----`;
const twice = encodeURIComponent(encoded);

describe('secret masking', () => {
  it.each([
    [
      'a service connection string',
      `HostName=h.net;SharedAccessKeyName=iothubowner;SharedAccessKey=${secret}`,
    ],
    ['a device connection string', `HostName=h.net;DeviceId=d;SharedAccessKey=${secret};GatewayHostName=g`],
    [
      'an Event Hubs connection string',
      `Endpoint=sb://h/;SharedAccessKeyName=s;SharedAccessKey=${secret};EntityPath=e`,
    ],
    [
      'an encoded connection string',
      `cs=${encodeURIComponent(`HostName=h;SharedAccessKey=${secret};DeviceId=d`)}`,
    ],
    ['a token', `SharedAccessSignature sr=h.net%2Fdevices%2Fd&sig=${encoded}&se=1700000000&skn=service`],
    ['a token with another order', `SharedAccessSignature sig=${encoded}&se=1700000000&sr=h.net`],
    ['a token with a plain signature', `sr=h.net&sig=${secret}&se=1`],
    [
      'an encoded token',
      `password=${encodeURIComponent(`SharedAccessSignature sr=h.net&sig=${encoded}&se=1`)}`,
    ],
    ['a storage link', `https://x.blob.core.windows.net/c?sv=2021&sig=${encoded}`],
    [
      'a device identity',
      JSON.stringify({ authentication: { symmetricKey: { primaryKey: secret, secondaryKey: secret } } }),
    ],
    ['JSON inside JSON', JSON.stringify({ Message: JSON.stringify({ primaryKey: secret }) })],
    ['an inspected object', inspect({ primaryKey: secret, nested: { sharedAccessKey: secret } })],
    [
      'a storage connection string',
      `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${secret};EndpointSuffix=core.windows.net`,
    ],
    ['a storage connection string in a URL', encodeURIComponent(`AccountName=a;AccountKey=${secret}`)],
    ['JSON that was cut', `{"keyName":"iothubowner","primaryKey":"${secret}`],
    ['a key as text', `primaryKey=${secret}, Secondary Key: ${secret}`],
    ['a proxy with credentials', `connect to http://ann:${encoded}@proxy.contoso.com:8080 failed`],
    [
      'a proxy with a raw password',
      `HTTPS_PROXY=http://ann:${secret.replaceAll('/', '!')}!${encoded}@proxy:8080`,
    ],
    ['a proxy header', `Proxy-Authorization: Basic ${secret}\r\nHost: h`],
    ['an inspected proxy header', inspect({ 'Proxy-Authorization': `Basic ${secret}` })],
    ['a proxy header in JSON', JSON.stringify({ 'proxy-authorization': `Basic ${secret}` })],
    ['a proxy header of another scheme', `proxy-authorization: ${secret}`],
    ['a bearer token', `Authorization: Bearer ${secret}`],
    ['a token after a line break in JSON', JSON.stringify({ text: `a\nsig=${encoded}` })],
    ['tokens after escaped characters', `a\\u000asig=${encoded}&b\\u2028Bearer ${secret}`],
  ])('hides the secret of %s', (_, text) => {
    const masked = maskSecrets(text);
    for (const shape of [secret, encoded, twice]) expect(masked).not.toContain(shape);
    expect(masked).toContain('***');
  });

  it.each([
    'PRIVATE KEY',
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'DSA PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
  ])('hides a %s PEM block, complete or truncated, and keeps the surrounding text', (kind) => {
    const block = pem(kind);
    expect(maskSecrets(`before ${block} after`)).toBe('before -----PRIVATE KEY ***----- after');
    expect(maskSecrets(block.slice(0, 60))).not.toContain('TUlJ');
  });

  it('keeps certificates, policy names, host names and expiry', () => {
    const text = `${pem('CERTIFICATE')} HostName=h.net;SharedAccessKeyName=service sr=h.net&se=1700000000 https://h.net/devices/d@x primary key is wrong, secondaryKey: 0 accounts`;
    expect(maskSecrets(text)).toBe(text);
  });

  it('hides any key at any position in a connection string', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 64 }), fc.boolean(), (bytes, isLast) => {
        const key = Buffer.from(bytes).toString('base64');
        const text = isLast ? `HostName=h;SharedAccessKey=${key}` : `SharedAccessKey=${key};HostName=h`;
        expect(maskSecrets(text)).not.toContain(key);
      }),
    );
  });

  it('hides the secrets of an error and all its causes', () => {
    const cause = new Error(`could not use HostName=h;SharedAccessKey=${secret}`);
    const error = new IotError('serviceFailed', 'It failed.', { cause, detail: `sig=${encoded}` });
    const text = describeError(error).join('\n');
    expect(text).toContain(secret);
    expect(maskSecrets(text)).not.toContain(secret);
    expect(maskSecrets(text)).not.toContain(encoded);
  });
});
