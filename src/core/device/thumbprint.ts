import * as l10n from '@vscode/l10n';
import { formatCount } from '../base/numbers';

export type ThumbprintHash = 'SHA-1' | 'SHA-256';

/**
 * The digits of a thumbprint, upper case, also as tools print it (`SHA1 Fingerprint=A0:F7…`, `"thumbprint": "A0F7…",`)
 * and as the certificate dialog of Windows copies it, with an invisible character.
 */
export function normalizeThumbprint(text: string): string {
  const visible = text.replace(/\p{Cf}/gu, '');
  const alone = [...visible.matchAll(/(?<=^|[\s"'=])(?:[\da-f]{64}|[\da-f]{40})(?=$|[\s"',;])/gi)];
  const digits = alone.length === 1 ? String(alone[0]) : visible.replace(label, '');
  return digits.replace(/[\s:\-"'\u2018-\u201f,;]|\b0x/gi, '').toUpperCase();
}

/** `sha256 Fingerprint=`, `Thumbprint :`, `Cert Hash(sha1): ` */
const label = /^.*(?:fingerprint|thumbprint|hash|sha-?\d+)[)"'\s]*[:=\s]/is;

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
