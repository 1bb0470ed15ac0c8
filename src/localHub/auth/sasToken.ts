import { createHmac, timingSafeEqual } from 'node:crypto';

/** A shared access signature as received: `sr` keeps its encoding, because the signature covers it as sent. */
export interface SasToken {
  readonly resourceRaw: string;
  /** Decoded `sr`, the host part in lower case. */
  readonly resource: string;
  readonly signature: string;
  /** Seconds since 1970, as sent. */
  readonly expiryRaw: string;
  /** When it is no longer accepted. */
  readonly expiresAtMs: number;
  /** Shared access policy, absent in a token signed with a device key. */
  readonly policyName?: string;
}

/**
 * Reads `SharedAccessSignature sr=…&sig=…&se=…[&skn=…]`, fields in any order, names in any case. As in the service, a field
 * that occurs twice makes the token invalid.
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-sas
 */
export function parseSasToken(text: string): SasToken | undefined {
  const match = /^\s*SharedAccessSignature\s(.+)$/is.exec(text);
  if (!match?.[1]) return undefined;
  const fields = new Map<string, string>();
  for (const part of match[1].trim().split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = part.slice(0, at).toLowerCase();
    if (at <= 0 || fields.has(name)) return undefined;
    fields.set(name, part.slice(at + 1));
  }
  const resourceRaw = fields.get('sr');
  const signature = fields.get('sig');
  const expiryRaw = fields.get('se');
  if (!resourceRaw || !signature || !expiryRaw || !/^\d{1,15}$/.test(expiryRaw)) return undefined;
  try {
    const policyName = fields.get('skn');
    return {
      resourceRaw,
      resource: lowerHost(decodeURIComponent(resourceRaw)),
      signature: decodeURIComponent(signature),
      expiryRaw,
      expiresAtMs: Number(expiryRaw) * 1000,
      ...(policyName ? { policyName: decodeURIComponent(policyName) } : {}),
    };
  } catch {
    return undefined;
  }
}

function lowerHost(resource: string): string {
  const match = /^([a-z]+:\/\/)?([^/]*)((?:\/.*)?)$/is.exec(resource);
  return match
    ? `${(match[1] ?? '').toLowerCase()}${(match[2] ?? '').toLowerCase()}${match[3] ?? ''}`
    : resource;
}

/** IoT Hub clients sign with the base64-decoded key, `@azure/event-hubs` with the characters of the key. */
export type KeyForm = 'decoded' | 'text';

/** Whether `token` was signed with `key`; compares in constant time. */
export function isSignedWith(token: SasToken, key: string, form: KeyForm): boolean {
  const secret = form === 'decoded' ? Buffer.from(key, 'base64') : Buffer.from(key);
  const expected = createHmac('sha256', secret).update(`${token.resourceRaw}\n${token.expiryRaw}`).digest();
  const given = Buffer.from(token.signature, 'base64');
  // Node ignores what is not base64, and all that follows the padding.
  if (given.toString('base64') !== token.signature) return false;
  return given.length === expected.length && timingSafeEqual(given, expected);
}
