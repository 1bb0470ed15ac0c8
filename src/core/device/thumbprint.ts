import { X509Certificate } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { formatCount } from '../base/numbers';
import { IotError } from '../errors';

export type ThumbprintHash = 'SHA-1' | 'SHA-256';

/** Without colons and spaces, upper case. */
export function normalizeThumbprint(text: string): string {
  return text.replace(/[\s:]/g, '').toUpperCase();
}

/** Why a typed thumbprint is not valid. */
export function thumbprintProblem(text: string): string | undefined {
  const hex = normalizeThumbprint(text);
  if (hex === '')
    return l10n.t('Enter the thumbprint of the certificate: 40 (SHA-1) or 64 (SHA-256) hexadecimal digits.');
  const bad = /[^0-9A-F]/.exec(hex)?.[0];
  if (bad) return l10n.t('"{0}" is not a hexadecimal digit.', bad);
  if (hex.length !== 40 && hex.length !== 64) {
    return l10n.t(
      'A thumbprint has 40 (SHA-1) or 64 (SHA-256) hexadecimal digits. This one has {0}.',
      formatCount(hex.length),
    );
  }
  return undefined;
}

/** @throws IotError when the file does not contain a certificate. */
export function thumbprintOf(certificate: Uint8Array, hash: ThumbprintHash): string {
  try {
    const parsed = new X509Certificate(certificate);
    return normalizeThumbprint(hash === 'SHA-1' ? parsed.fingerprint : parsed.fingerprint256);
  } catch (cause) {
    throw new IotError(
      'invalidInput',
      l10n.t('This file does not contain an X.509 certificate in PEM or DER format.'),
      { cause },
    );
  }
}
