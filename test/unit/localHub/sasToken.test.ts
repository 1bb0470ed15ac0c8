import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignedWith, parseSasToken } from '../../../src/localHub/auth/sasToken';

const key = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
const expiry = '1900000000';

function aToken(sr: string, change: (signature: string) => string = encodeURIComponent): string {
  const signature = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`${sr}\n${expiry}`)
    .digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${change(signature)}&se=${expiry}`;
}
const isValid = (text: string): boolean => {
  const token = parseSasToken(text);
  return token !== undefined && isSignedWith(token, key, 'decoded');
};
const lowerEscapes = (text: string): string =>
  encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());

describe('A shared access signature', () => {
  it.each([
    ['unencoded', 'localhost/devices/one'],
    ['encoded', 'localhost%2Fdevices%2Fone'],
    ['with escapes in lower case', 'localhost%2fdevices%2fone'],
    ['with a host in upper case', 'LOCALHOST%2Fdevices%2Fone'],
  ])('is verified over its resource as sent: %s', (_, sr) => {
    expect(isValid(aToken(sr))).toBe(true);
    expect(parseSasToken(aToken(sr))?.resource).toBe('localhost/devices/one');
  });

  it.each<[string, (signature: string) => string]>([
    ['unencoded', (signature) => signature],
    ['encoded', encodeURIComponent],
    ['with escapes in lower case', lowerEscapes],
  ])('may have its signature %s', (_, change) => expect(isValid(aToken('localhost', change))).toBe(true));

  it.each<[string, (signature: string) => string]>([
    ['after it', (signature) => `${encodeURIComponent(signature)}junk`],
    ['after its padding', (signature) => `${encodeURIComponent(signature)}%00`],
    ['in it', (signature) => `${signature.slice(0, 9)}*${signature.slice(9)}`],
    ['that is a line break', (signature) => `${encodeURIComponent(signature)}%0A`],
  ])('is refused with characters %s that are not base64', (_, change) =>
    expect(isValid(aToken('localhost', change))).toBe(false),
  );

  it.each<[string, (token: string) => string]>([
    ['in another order', (text) => text.replace(/(sr=[^&]+)&(.*)/, '$2&$1')],
    ['with names in upper case', (text) => text.replace(/\b(sr|sig|se)=/g, (name) => name.toUpperCase())],
    ['with empty ones between', (text) => text.replaceAll('&', '&&')],
    ['with unknown ones', (text) => `${text}&x=1`],
  ])('may have its fields %s', (_, change) => expect(isValid(change(aToken('localhost')))).toBe(true));

  it.each(['sr=elsewhere', 'sr=localhost', 'se=9999999999', 'sig=x', 'SE=9999999999', 'skn=a&skn=b'])(
    'is refused with a field that occurs twice: %s',
    (field) => {
      expect(parseSasToken(`${aToken('localhost')}&${field}`)).toBeUndefined();
    },
  );

  it('is refused with another padding or alphabet', () => {
    expect(isValid(aToken('localhost', (signature) => signature.replace(/=+$/, '')))).toBe(false);
  });
});
