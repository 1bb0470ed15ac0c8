import { DerReader, readOnly, tags, toObjectIdentifier, type DerElement } from './der';

/** How a certificate is signed. */
export interface SignatureAlgorithm {
  /** `SHA-256`, or the object identifier of an algorithm that is not known. */
  readonly label: string;
  /** With SHA-256 or better, by RSA or ECDSA. */
  readonly isStrong: boolean;
}

const weak: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.2.840.113549.1.1.14': 'SHA-224',
  '1.2.840.10045.4.1': 'SHA-1',
  '1.2.840.10045.4.3.1': 'SHA-224',
  '1.3.14.3.2.26': 'SHA-1',
  '1.3.14.3.2.29': 'SHA-1',
  '2.16.840.1.101.3.4.2.4': 'SHA-224',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
};
const strong: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'SHA-256',
  '1.2.840.113549.1.1.12': 'SHA-384',
  '1.2.840.113549.1.1.13': 'SHA-512',
  '1.2.840.10045.4.3.2': 'SHA-256',
  '1.2.840.10045.4.3.3': 'SHA-384',
  '1.2.840.10045.4.3.4': 'SHA-512',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};
const rsaPss = '1.2.840.113549.1.1.10';
const sha1 = '1.3.14.3.2.26';

/** @throws DerError */
export function readSignatureAlgorithm({ content }: DerElement): SignatureAlgorithm {
  const reader = new DerReader(content);
  const identifier = toObjectIdentifier(reader.next());
  const id = identifier === rsaPss ? readPssHash(reader) : identifier;
  const label = strong[id] ?? weak[id] ?? id;
  return { label, isStrong: id in strong };
}

/** The parameters of RSA-PSS contain the hash, by default SHA-1. */
function readPssHash(reader: DerReader): string {
  if (reader.isAtEnd) return sha1;
  const hash = new DerReader(reader.next(tags.sequence).content).optional(0xa0);
  if (!hash) return sha1;
  return toObjectIdentifier(new DerReader(readOnly(hash.content, tags.sequence).content).next());
}
