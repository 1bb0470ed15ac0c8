type Properties = Readonly<Record<string, unknown>>;

/**
 * Properties as JSON that preserves values that plain JSON loses: dates, bytes, bigints, undefined, NaN, ±Infinity and
 * -0. Plain properties are an object `{…}`; otherwise every array and object is `[tag, …]`, so that tags are
 * unambiguous. No properties are an empty text. Functions and symbols become undefined.
 */
export function propertiesToText(properties: Properties): string {
  let isEmpty = true;
  for (const name in properties) {
    isEmpty = false;
    if (!isPlain(properties[name])) return JSON.stringify(tagged(properties));
  }
  return isEmpty ? '' : JSON.stringify(properties);
}

/** Reverses {@link propertiesToText}. Bytes are returned as Uint8Array, including those of a Buffer. */
export function propertiesOfText(text: string): Record<string, unknown> {
  if (text === '') return {};
  const value: unknown = JSON.parse(text);
  return (Array.isArray(value) ? untagged(value) : value) as Record<string, unknown>;
}

function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return isJsonNumber(value);
    default:
      return value === null;
  }
}

const isJsonNumber = (value: number) => Number.isFinite(value) && !Object.is(value, -0);

function tagged(value: unknown): unknown {
  if (isPlain(value)) return value;
  if (typeof value === 'number') return ['n', Object.is(value, -0) ? '-0' : String(value)];
  if (typeof value === 'bigint') return ['i', value.toString()];
  if (typeof value !== 'object' || value === null) return ['u'];
  if (value instanceof Date) return ['d', tagged(value.getTime())];
  if (ArrayBuffer.isView(value)) return ['b', base64Of(value)];
  if (Array.isArray(value)) return ['a', ...value.map(tagged)];
  return ['o', ...Object.entries(value).flatMap(([name, item]) => [name, tagged(item)])];
}

const base64Of = (view: ArrayBufferView) =>
  Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64');

function untagged(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const [tag, ...items] = value as readonly unknown[];
  switch (tag) {
    case 'n':
      return Number(items[0]);
    case 'i':
      return BigInt(String(items[0]));
    case 'd':
      return new Date(untagged(items[0]) as number);
    case 'b':
      return new Uint8Array(Buffer.from(String(items[0]), 'base64'));
    case 'a':
      return items.map(untagged);
    case 'o':
      return objectOf(items);
    default:
      return undefined;
  }
}

/** @param items name, value, name, value, … */
function objectOf(items: readonly unknown[]): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (let at = 0; at < items.length; at += 2) entries.push([String(items[at]), untagged(items[at + 1])]);
  // Not by assignment, since a property may be named __proto__.
  return Object.fromEntries(entries);
}
