import * as l10n from '@vscode/l10n';

/**
 * A value of an expression as JSON.
 *
 * @throws Error with a message for the user when JSON cannot represent the value
 */
export function toJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new Error(l10n.t('JSON cannot represent {0}.', String(value)));
      return String(value);
    case 'object':
      return value === null ? 'null' : objectToJson(value);
    default:
      throw new Error(l10n.t('The result is not a value.'));
  }
}

/** A value of an expression as text: strings unchanged, lists and maps as JSON. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return toJson(value);
  return scalarText(value) ?? toJson(value);
}

function objectToJson(value: object): string {
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  const unsigned: unknown = value.valueOf();
  if (typeof unsigned === 'bigint') return String(unsigned);
  const text = scalarText(value);
  if (text !== undefined) return JSON.stringify(text);
  if (value instanceof Set) return `[${[...value].map(toJson).join(',')}]`;
  const entries: Iterable<[unknown, unknown]> =
    value instanceof Map ? (value as Map<unknown, unknown>) : Object.entries(value);
  return `{${[...entries].map(([key, each]) => `${JSON.stringify(toText(key))}:${toJson(each)}`).join(',')}}`;
}

/** Text of an object that represents a single value; `undefined` for lists and maps. */
function scalarText(value: object): string | undefined {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Error(l10n.t('The result is not a valid time.'));
    return value.toISOString();
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return undefined;
  const kind: unknown = Reflect.get(value, Symbol.toStringTag);
  const own: unknown = value.valueOf();
  if (typeof own === 'bigint') return own.toString();
  if (kind === 'google.protobuf.Duration') return (value as { toString(): string }).toString();
  if ('name' in value && typeof value.name === 'string') return value.name;
  throw new Error(l10n.t('The result is not a value.'));
}
