import { type SubjectName } from '../certificate/certificateWork';

/** One attribute of a subject name, in a separate RDN. */
export interface NameAttribute {
  readonly oid: string;
  readonly value: string;
  /** RFC 5280 requires `PrintableString` for a country; everything else is UTF-8. */
  readonly isPrintable: boolean;
}

const oids: readonly (readonly [keyof SubjectName, string])[] = [
  ['country', '2.5.4.6'],
  ['state', '2.5.4.8'],
  ['locality', '2.5.4.7'],
  ['organization', '2.5.4.10'],
  ['organizationalUnit', '2.5.4.11'],
  ['commonName', '2.5.4.3'],
];

/** In the same order as openssl: country first, CN last. */
export function toAttributes(name: SubjectName): NameAttribute[] {
  return oids.flatMap(([attribute, oid]) => {
    const value = name[attribute];
    return value ? [{ oid, value, isPrintable: attribute === 'country' }] : [];
  });
}
