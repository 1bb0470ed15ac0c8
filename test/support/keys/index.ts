import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type KeyType } from '../../../src/core/certificate/keyType';
import keys from './rsaTestKeys.json';

/** PKCS#8 in base64. They are public and protect nothing: they save tests the seconds that creating RSA keys takes. */
const rsaKeys: Readonly<Partial<Record<KeyType, readonly string[]>>> = keys;
const turns = new Map<KeyType, number>();

/** Returns another RSA key on each call; `undefined` for other key types, which are quick to create. */
export function nextTestKey(type: KeyType): KeyObject | undefined {
  const prepared = rsaKeys[type];
  if (!prepared) return undefined;
  const turn = turns.get(type) ?? 0;
  turns.set(type, turn + 1);
  const key = Buffer.from(prepared[turn % prepared.length] ?? '', 'base64');
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
