/** Names and values of the property bag of a topic: `k=v&k2=v2`, both sides percent-encoded. */
export type PropertyBag = readonly (readonly [name: string, value: string])[];

/** System property names keep their `$.` unencoded for readability; the hub decodes names before comparing them. */
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

/** A lone surrogate, which has no UTF-8 encoding. */
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Also encodes characters that `encodeURIComponent` keeps but that are special in a shell. */
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

/** Declares a payload as JSON, for routes and readers. */
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
