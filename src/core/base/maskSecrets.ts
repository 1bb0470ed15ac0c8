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
  // Connection strings of hubs and storage accounts. `SharedAccessKeyName=` is not a secret and does not match.
  [/((?:SharedAccess|Account)Key\s*=\s*)[^;\s"'&,}]+/gi, `$1${hidden}`],
  [/((?:SharedAccess|Account)Key%3D)(?:(?!%3B)[^;\s"'&,}])+/gi, `$1${hidden}`],
  // The signature in a token, plain or percent-encoded once more.
  [/((?:\b|(?<=\\(?:[bfnrt]|u[\da-fA-F]{4})))sig=)[^&\s"';,}]+/gi, `$1${hidden}`],
  [/(sig%3D)(?:(?!%26)[A-Za-z0-9%._~+/=-])+/gi, `$1${hidden}`],
  // JSON of device identities and key lists, also when it was cut.
  [/("(?:primaryKey|secondaryKey|sharedAccessKey|accountKey)"\s*:\s*")[^"]*("|$)/gi, `$1${hidden}$2`],
  [
    /(\\"(?:primaryKey|secondaryKey|sharedAccessKey|accountKey)\\"\s*:\s*\\")[^"\\]*(\\"|$)/gi,
    `$1${hidden}$2`,
  ],
  // Objects as `util.inspect` prints them, and text: `primaryKey=…`, `Primary Key: …`.
  [/(\b(?:primaryKey|secondaryKey|sharedAccessKey|accountKey): ['"`])[^'"`]*(['"`]|$)/gi, `$1${hidden}$2`],
  [/(\b(?:primary|secondary)[ _-]?key\s*[=:]\s*)[A-Za-z0-9+/_-]{4}[^;\s"'`&,}]*/gi, `$1${hidden}`],
  // Credentials of a web proxy: in its URL, and the header that carries them.
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@"'<>]{1,500}@/gi, `$1${hidden}@`],
  [
    /(\b(?:Proxy-)?Authorization["'`]?\s*[:=]\s*["'`]?(?:Basic|Digest|NTLM|Negotiate) )[^\r\n"'`]+/gi,
    `$1${hidden}`,
  ],
  [
    /(\bProxy-Authorization["'`]?\s*[:=]\s*["'`]?)(?!(?:Basic|Digest|NTLM|Negotiate|Bearer) )[^\s"'`]+/gi,
    `$1${hidden}`,
  ],
  [/((?:\b|(?<=\\(?:[bfnrt]|u[\da-fA-F]{4})))Bearer )[A-Za-z0-9._~+/=-]+/g, `$1${hidden}`],
];

/** The one place that hides secrets in whatever is logged or shown. */
export function maskSecrets(text: string): string {
  let masked = text;
  for (const [pattern, replacement] of patterns) masked = masked.replace(pattern, replacement);
  return masked;
}
