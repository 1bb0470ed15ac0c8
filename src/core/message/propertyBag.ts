/** Names and values of a topic's property bag: `k=v&k2=v2`, both sides percent-encoded. */
export type PropertyBag = readonly (readonly [name: string, value: string])[];

/**
 * System names keep their `$.` unencoded, as people write them by hand; the hub decodes names before it
 * compares them.
 */
export function encodePropertyBag(bag: PropertyBag): string {
  return bag.map(([name, value]) => `${encodeName(name)}=${encode(value)}`).join('&');
}

export function decodePropertyBag(text: string): [string, string][] {
  return text
    .replace(/^\?/, '')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
    });
}

/** Half of a character, which UTF-8 has no form for. */
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** What `encodeURIComponent` leaves alone but a shell, or a reader of the topic, may trip over is encoded too. */
function encode(text: string): string {
  return encodeURIComponent(text.replace(loneSurrogate, '\ufffd')).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function encodeName(name: string): string {
  return name.startsWith('$.') ? `$.${encode(name.slice(2))}` : encode(name);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Says that a payload is JSON, for routes and readers. */
export const jsonProperties: PropertyBag = [
  ['$.ct', 'application/json'],
  ['$.ce', 'utf-8'],
];

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
