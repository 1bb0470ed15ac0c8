import { X509Certificate } from 'node:crypto';
import { IotError } from '../errors';

export type ThumbprintHash = 'SHA-1' | 'SHA-256';

/** Without colons and spaces, upper case. */
export function normalizeThumbprint(text: string): string {
  return text.replace(/[\s:]/g, '').toUpperCase();
}

/** Says what is wrong with a thumbprint typed by hand. */
export function thumbprintProblem(text: string): string | undefined {
  const hex = normalizeThumbprint(text);
  if (hex === '')
    return 'Type the thumbprint of the certificate: 40 (SHA-1) or 64 (SHA-256) hexadecimal digits.';
  const bad = /[^0-9A-F]/.exec(hex)?.[0];
  if (bad) return `"${bad}" is no hexadecimal digit.`;
  if (hex.length !== 40 && hex.length !== 64) {
    return `A thumbprint has 40 (SHA-1) or 64 (SHA-256) hexadecimal digits; this one has ${hex.length}.`;
  }
  return undefined;
}

/** @throws IotError when the file holds no certificate. */
export function thumbprintOf(certificate: Uint8Array, hash: ThumbprintHash): string {
  try {
    const parsed = new X509Certificate(certificate);
    return normalizeThumbprint(hash === 'SHA-1' ? parsed.fingerprint : parsed.fingerprint256);
  } catch (cause) {
    throw new IotError('invalidInput', 'This file holds no X.509 certificate in PEM or DER form.', { cause });
  }
}
