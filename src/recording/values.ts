import * as l10n from '@vscode/l10n';
import type { ReceivedMessage } from '../core/message/receivedMessage';

/** A body as text, if its bytes are valid UTF-8. */
export function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** Whether serializing the parsed value produces the same text: not for `1.0`, `{"a":1,"a":2}`, spaces, … */
export function survivesParsing(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

export const base64Of = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

export function bytesOfBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error(l10n.t('The body is not valid Base64.'));
  return Buffer.from(text, 'base64');
}

/**
 * Properties as JSON. Values that JSON cannot represent are objects with one name: `{"$base64": …}`, `{"$date": ISO}`,
 * `{"$integer": digits}`, `{"$number": "NaN"}`; an object that looks like one of these is `{"$object": …}`.
 */
export function propertiesToJson(properties: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(properties).filter(([, value]) => value !== undefined);
  // fromEntries treats "__proto__" as an ordinary property.
  return JSON.stringify(Object.fromEntries(entries.map(([name, value]) => [name, toPlain(value)])));
}

export function propertiesFromJson(text: string): Record<string, unknown> {
  return propertiesFromValue(JSON.parse(text));
}

export function propertiesFromValue(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw new Error(l10n.t('The properties are not a JSON object.'));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fromPlain(inner)]));
}

function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return { $integer: String(value) };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (typeof value === 'function' || typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { $base64: base64Of(value) };
  if (value instanceof Date) return { $date: isoOf(value.getTime()) };
  if (Array.isArray(value)) return value.map(toPlain);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const plain = Object.fromEntries(entries.map(([name, inner]) => [name, toPlain(inner)]));
  return entries.length === 1 && entries[0]?.[0].startsWith('$') ? { $object: plain } : plain;
}

function fromPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (!isObject(value)) return value;
  const [only, another] = Object.entries(value);
  if (only && !another) {
    const [name, inner] = only;
    if (name === '$object' && isObject(inner)) return propertiesFromValue(inner);
    if (name === '$date') return new Date(timeOf(inner));
    if (typeof inner === 'string') {
      if (name === '$integer') return BigInt(inner);
      if (name === '$number') return Number(inner);
      if (name === '$base64') return new Uint8Array(bytesOfBase64(inner));
    }
  }
  return propertiesFromValue(value);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** ISO 8601 text of a time in milliseconds; `null` if it is not a valid time. */
export const isoOf = (ms: number) =>
  Number.isNaN(new Date(ms).getTime()) ? null : new Date(ms).toISOString();

/** Milliseconds of an ISO 8601 text; NaN if it is absent. */
export function timeOf(iso: unknown): number {
  if (iso === null || iso === undefined || iso === '') return NaN;
  const ms = typeof iso === 'string' ? Date.parse(iso) : NaN;
  if (Number.isNaN(ms)) throw new Error(l10n.t('The enqueued time is not a valid ISO 8601 time.'));
  return ms;
}

/** Creates a message from its parts, without properties that have no value. */
export function messageOf(parts: {
  [K in keyof ReceivedMessage]: undefined extends ReceivedMessage[K]
    ? ReceivedMessage[K] | null
    : ReceivedMessage[K];
}): ReceivedMessage {
  if (!Number.isFinite(parts.sequenceNumber)) throw new Error(l10n.t('The sequence number is not a number.'));
  const known = Object.entries(parts).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(known) as unknown as ReceivedMessage;
}
