import { ZxcvbnFactory } from '@zxcvbn-ts/core';

/** The first that anyone tries, beside patterns, dates, repetitions and sequences, which the library knows. */
const common = [
  'password',
  'passwort',
  'passphrase',
  'secret',
  'letmein',
  'welcome',
  'admin',
  'administrator',
  'root',
  'changeit',
  'changeme',
  'default',
  'test',
  'master',
  'dragon',
  'monkey',
  'qwerty',
  'qwertz',
  'azerty',
  'iloveyou',
  'azure',
  'iothub',
  'iot',
  'hub',
  'device',
  'certificate',
  'authority',
];

const estimator = new ZxcvbnFactory({ dictionary: { common } });

/**
 * How hard a passphrase is to guess, 0 (at once) to 4 (very hard).
 * @see https://github.com/zxcvbn-ts/zxcvbn
 */
export function passphraseScore(passphrase: string): number {
  // What is longer than this is strong enough, and slow to look at.
  return passphrase.length > 100 ? 4 : estimator.check(passphrase).score;
}
