import * as l10n from '@vscode/l10n';
import { IotError } from '../errors';
import forge from './forge';

export type Asn1 = forge.asn1.Asn1;

const { Class, Type } = forge.asn1;

/** @throws Error of forge if the bytes are not ASN.1, or if bytes follow the value */
export function parseDer(der: Uint8Array): Asn1 {
  // Without `decodeBitStrings`, a parsed value is written back byte by byte.
  const options = { strict: true, parseAllBytes: true, decodeBitStrings: false };
  // Its types have only the older form of the options.
  const read = forge.asn1.fromDer as unknown as (from: forge.util.ByteBuffer, how: typeof options) => Asn1;
  return read(forge.util.createBuffer(binary(der)), options);
}

export const toDer = (value: Asn1): Buffer => Buffer.from(forge.asn1.toDer(value).getBytes(), 'latin1');

/** A byte string as forge uses it. */
export const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export const sequence = (...values: Asn1[]): Asn1 =>
  forge.asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, values);
export const set = (...values: Asn1[]): Asn1 => forge.asn1.create(Class.UNIVERSAL, Type.SET, true, values);
export const oid = (id: string): Asn1 =>
  forge.asn1.create(Class.UNIVERSAL, Type.OID, false, forge.asn1.oidToDer(id).getBytes());
export const octets = (bytes: Uint8Array): Asn1 =>
  forge.asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, binary(bytes));
export const bits = (bytes: Uint8Array): Asn1 =>
  forge.asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, `\0${binary(bytes)}`);
export const integer = (value: number): Asn1 =>
  forge.asn1.create(Class.UNIVERSAL, Type.INTEGER, false, forge.asn1.integerToDer(value).getBytes());
export const nullValue = (): Asn1 => forge.asn1.create(Class.UNIVERSAL, Type.NULL, false, '');
/** forge encodes this type with two bytes per character. */
export const bmpString = (text: string): Asn1 =>
  forge.asn1.create(Class.UNIVERSAL, Type.BMPSTRING, false, text);
/** `[tag] EXPLICIT`. */
export const tagged = (tag: number, ...values: Asn1[]): Asn1 =>
  forge.asn1.create(Class.CONTEXT_SPECIFIC, tag, true, values);
/** `[tag] IMPLICIT` of a primitive value. */
export const taggedOctets = (tag: number, bytes: Uint8Array): Asn1 =>
  forge.asn1.create(Class.CONTEXT_SPECIFIC, tag, false, binary(bytes));

/** The values inside; none if it is a primitive. */
export const children = (value: Asn1): readonly Asn1[] => (Array.isArray(value.value) ? value.value : []);

/** @throws IotError if it does not exist */
export function child(value: Asn1, index: number): Asn1 {
  const found = children(value)[index];
  if (!found) throw new IotError('invalidInput', l10n.t('This file is incomplete or damaged.'));
  return found;
}

export const isUniversal = (value: Asn1 | undefined, type: forge.asn1.Type): value is Asn1 =>
  value !== undefined && value.tagClass === Class.UNIVERSAL && value.type === type;

export const isOctets = (value: Asn1 | undefined): value is Asn1 => isUniversal(value, Type.OCTETSTRING);
export const isInteger = (value: Asn1 | undefined): value is Asn1 => isUniversal(value, Type.INTEGER);
export const isSequence = (value: Asn1 | undefined): value is Asn1 => isUniversal(value, Type.SEQUENCE);
export const isBits = (value: Asn1 | undefined): value is Asn1 => isUniversal(value, Type.BITSTRING);
/** `[tag]`, constructed. */
export const isContext = (value: Asn1 | undefined, tag: number): value is Asn1 =>
  value?.tagClass === Class.CONTEXT_SPECIFIC && Number(value.type) === tag && Array.isArray(value.value);
export const isOid = (value: Asn1 | undefined): value is Asn1 => isUniversal(value, Type.OID);

/** Content of a string, which BER allows in pieces. */
export function bytesOf(value: Asn1): Buffer {
  return Array.isArray(value.value)
    ? Buffer.concat(value.value.map(bytesOf))
    : Buffer.from(value.value, 'latin1');
}

export function oidOf(value: Asn1): string {
  if (!isOid(value) || Array.isArray(value.value)) {
    throw new IotError(
      'invalidInput',
      l10n.t('This file contains an unexpected element. It may be damaged.'),
    );
  }
  return forge.asn1.derToOid(value.value);
}

/** @throws IotError if it is not a number, or above 2^31 */
export function numberOf(value: Asn1): number {
  if (!isInteger(value) || Array.isArray(value.value) || value.value.length > 4) {
    throw new IotError(
      'invalidInput',
      l10n.t('This file contains a number that is not valid. It may be damaged.'),
    );
  }
  return Buffer.from(value.value, 'latin1').readIntBE(0, value.value.length);
}
