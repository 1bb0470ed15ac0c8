import { DerError, readAll, tags, toHex, toObjectIdentifier, type DerElement } from './der';

/** One attribute of a name. */
export interface NameAttribute {
  /** Object identifier. */
  readonly type: string;
  /** Identifier byte of the value. */
  readonly tag: number;
  /** `undefined` if the value is not a valid string. */
  readonly text: string | undefined;
}

/** A subject, issuer or directory name. */
export interface DistinguishedName {
  /** `CN=Factory CA, O=Contoso`, in the order of the certificate. */
  readonly label: string;
  readonly attributes: readonly NameAttribute[];
  /** One text for each relative name; equal names have equal texts. */
  readonly comparable: readonly string[];
}

const types: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'T',
  '2.5.4.42': 'G',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'E',
};
export const commonNameType = '2.5.4.3';
export const emailAddressType = '1.2.840.113549.1.9.1';

/** @throws DerError */
export function readName(element: DerElement): DistinguishedName {
  if (element.tag !== tags.sequence) throw new DerError('a name is not a sequence');
  const attributes: NameAttribute[] = [];
  const labels: string[] = [];
  const comparable: string[] = [];
  for (const relative of readAll(element)) {
    if (relative.tag !== tags.set) throw new DerError('a relative name is not a set');
    const parts = readAll(relative).map(readAttribute);
    if (parts.length === 0) throw new DerError('a relative name is empty');
    attributes.push(...parts.map(({ attribute }) => attribute));
    labels.push(parts.map(({ label }) => label).join('+'));
    comparable.push(
      parts
        .map(({ key }) => key)
        .sort()
        .join('\0'),
    );
  }
  return { attributes, comparable, label: labels.join(', ') };
}

function readAttribute(element: DerElement): { attribute: NameAttribute; label: string; key: string } {
  const [type, value, ...others] = readAll(element);
  if (element.tag !== tags.sequence || !type || !value || others.length > 0) {
    throw new DerError('an attribute of a name is not a type with a value');
  }
  const identifier = toObjectIdentifier(type);
  const text = readText(value);
  return {
    attribute: { type: identifier, tag: value.tag, text },
    label: `${types[identifier] ?? identifier}=${text === undefined ? `#${toHex(value.encoded)}` : escapeText(text)}`,
    key: `${identifier}=${text === undefined ? `#${toHex(value.encoded)}` : foldText(text)}`,
  };
}

/** The text of a string type; `undefined` for other types and invalid bytes. */
function readText({ tag, content }: DerElement): string | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  switch (tag) {
    case tags.utf8String:
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
      } catch {
        return undefined;
      }
    case tags.numericString:
    case tags.printableString:
    case tags.teletexString:
    case tags.ia5String:
    case tags.visibleString:
      return bytes.toString('latin1');
    case tags.bmpString:
      return content.length % 2 === 0 ? Buffer.from(bytes).swap16().toString('utf16le') : undefined;
    case tags.universalString:
      return readUniversal(bytes);
    default:
      return undefined;
  }
}

function readUniversal(bytes: Buffer): string | undefined {
  if (bytes.length % 4 !== 0) return undefined;
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const point = bytes.readUInt32BE(at);
    if (point > 0x10ffff) return undefined;
    text += String.fromCodePoint(point);
  }
  return text;
}

/** Case, kind of string, Unicode form and repeated spaces make no difference. @see https://www.rfc-editor.org/rfc/rfc5280#section-7.1 */
function foldText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\u00ad/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** As in RFC 4514, with control and format characters in hexadecimal, so that a name stays on its line. */
function escapeText(text: string): string {
  return text
    .replace(/[\\,+"<>;]|^[ #]| $/g, '\\$&')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) =>
      Buffer.from(char).toString('hex').replace(/../g, '\\$&'),
    );
}

/** @see https://www.rfc-editor.org/rfc/rfc5280#section-7.1 */
export function isSameName(one: DistinguishedName, other: DistinguishedName): boolean {
  return one.comparable.length === other.comparable.length && isWithin(one, other);
}

/** Whether a name is in the subtree below `base`, which begins with the same relative names. */
export function isWithin(name: DistinguishedName, base: DistinguishedName): boolean {
  return base.comparable.every((relative, at) => relative === name.comparable[at]);
}

/** Values of one attribute type. */
export const valuesOf = (name: DistinguishedName, type: string): readonly NameAttribute[] =>
  name.attributes.filter((attribute) => attribute.type === type);
