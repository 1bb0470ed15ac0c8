const hidden = '***';

/**
 * Each pattern keeps what names the secret and hides the secret. A word begins also after an escape sequence, as in JSON
 * or in `singleLine`.
 */
const patterns: readonly [RegExp, string][] = [
  // Whole PEM blocks of private keys: PKCS#8, encrypted PKCS#8, PKCS#1, SEC1, DSA, OpenSSH. The end may be
  // missing when the text was cut.
  [
    /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|$)/g,
    `-----PRIVATE KEY ${hidden}-----`,
  ],
  // Connection strings. `SharedAccessKeyName=` is not a secret and does not match.
  [/(SharedAccessKey\s*=\s*)[^;\s"'&,}]+/gi, `$1${hidden}`],
  [/(SharedAccessKey%3D)(?:(?!%3B)[^;\s"'&,}])+/gi, `$1${hidden}`],
  // The signature in a token, plain or percent-encoded once more.
  [/((?:\b|(?<=\\(?:[bfnrt]|u[\da-fA-F]{4})))sig=)[^&\s"';,}]+/gi, `$1${hidden}`],
  [/(sig%3D)(?:(?!%26)[A-Za-z0-9%._~+/=-])+/gi, `$1${hidden}`],
  // JSON of device identities and key lists.
  [/("(?:primaryKey|secondaryKey|sharedAccessKey)"\s*:\s*")[^"]*(")/gi, `$1${hidden}$2`],
  [/(\\"(?:primaryKey|secondaryKey|sharedAccessKey)\\"\s*:\s*\\")[^"\\]*(\\")/gi, `$1${hidden}$2`],
  // Objects as `util.inspect` prints them.
  [/(\b(?:primaryKey|secondaryKey|sharedAccessKey): ['"`])[^'"`]*(['"`])/gi, `$1${hidden}$2`],
  [/((?:\b|(?<=\\(?:[bfnrt]|u[\da-fA-F]{4})))Bearer )[A-Za-z0-9._~+/=-]+/g, `$1${hidden}`],
];

/** The one place that hides secrets in whatever is logged or shown. */
export function maskSecrets(text: string): string {
  let masked = text;
  for (const [pattern, replacement] of patterns) masked = masked.replace(pattern, replacement);
  return masked;
}
