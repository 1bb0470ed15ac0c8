import { constants, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  bits,
  boolean,
  explicit,
  ia5,
  implicit,
  integer,
  octets,
  oid,
  sequence,
  set,
  text,
  tlv,
  utf8,
} from './der';

/** Kinds of keys, each generated once per process because the generation of RSA keys is slow. */
const generators = {
  ec: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ec384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ec521: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  ec224: () => generateKeyPairSync('ec', { namedCurve: 'secp224r1' }),
  ecKoblitz: () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  ecExplicit: () => generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }),
  rsa2048: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  rsa1024: () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
  ed25519: () => generateKeyPairSync('ed25519'),
};
export type DerKeyKind = keyof typeof generators;
const generated = new Map<string, KeyObject>();

/** The private key of this kind and number, the same on each call. */
export function keyOf(kind: DerKeyKind = 'ec', number = 0): KeyObject {
  const id = `${kind} ${number}`;
  const known = generated.get(id);
  if (known) return known;
  const { privateKey } = generators[kind]();
  generated.set(id, privateKey);
  return privateKey;
}

const publicKeys = new WeakMap<KeyObject, Buffer>();

function publicDer(key: KeyObject): Buffer {
  const known = publicKeys.get(key);
  if (known) return known;
  const der = (key.type === 'public' ? key : createPublicKey(key)).export({ type: 'spki', format: 'der' });
  publicKeys.set(key, der);
  return der;
}

export type Hash = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
const ecdsa: Readonly<Record<Hash, string>> = {
  sha1: '1.2.840.10045.4.1',
  sha224: '1.2.840.10045.4.3.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};
const rsa: Readonly<Record<Hash, string>> = {
  sha1: '1.2.840.113549.1.1.5',
  sha224: '1.2.840.113549.1.1.14',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};

function algorithmOf(key: KeyObject, hash: Hash): Buffer {
  const { asymmetricKeyType: type } = key;
  if (type === 'ed25519') return sequence(oid('1.3.101.112'));
  return type === 'rsa' ? sequence(oid(rsa[hash]), tlv(0x05)) : sequence(oid(ecdsa[hash]));
}

/** RSA-PSS with its default salt; SHA-1 is the default of the hash. */
function pssAlgorithm(hash: 'sha1' | 'sha256'): Buffer {
  const sha256 = sequence(oid('2.16.840.1.101.3.4.2.1'), tlv(0x05));
  const parameters =
    hash === 'sha1'
      ? sequence()
      : sequence(explicit(0, sha256), explicit(1, sequence(oid('1.2.840.113549.1.1.8'), sha256)));
  return sequence(oid('1.2.840.113549.1.1.10'), parameters);
}

/** Attribute types of names. */
export const attributeTypes = {
  CN: '2.5.4.3',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  C: '2.5.4.6',
  E: '1.2.840.113549.1.9.1',
};
export type AttributeType = keyof typeof attributeTypes;

export const attribute = (type: AttributeType, value: Uint8Array | string): Buffer =>
  sequence(oid(attributeTypes[type]), typeof value === 'string' ? utf8(value) : value);

/** A name of one attribute for each relative name. */
export const nameDer = (...attributes: readonly (readonly [AttributeType, Uint8Array | string])[]): Buffer =>
  sequence(...attributes.map(([type, value]) => set(attribute(type, value))));
export const commonName = (value: string): Buffer => nameDer(['CN', value]);

export const utcTime = (value: string): Buffer => text(0x17, value);
export const generalizedTime = (value: string): Buffer => text(0x18, value);
/** UTCTime until 2049, then GeneralizedTime. */
export function timeOf(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, '').slice(0, 14);
  return digits < '2050' ? utcTime(`${digits.slice(2)}Z`) : generalizedTime(`${digits}Z`);
}

export const extensionOf = (id: string, value: Uint8Array, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [boolean(true)] : []), octets(value));

/** The usual extensions. */
export const extensions = {
  basicConstraints: (ca: boolean, pathLength?: number, isCritical = true) =>
    extensionOf(
      '2.5.29.19',
      sequence(...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
      isCritical,
    ),
  keyUsage: (...names: readonly KeyUsage[]) => {
    const usage = names.reduce((sum, name) => sum | (0x80 >> keyUsages.indexOf(name)), 0);
    return extensionOf('2.5.29.15', bits(Buffer.of(usage)), true);
  },
  extendedKeyUsage: (purposes: readonly string[], isCritical = false) =>
    extensionOf('2.5.29.37', sequence(...purposes.map(oid)), isCritical),
  subjectKeyId: (id: string) => extensionOf('2.5.29.14', octets(Buffer.from(id))),
  authorityKeyId: (id: {
    readonly keyId?: string;
    readonly issuer?: Uint8Array;
    readonly serialNumber?: Uint8Array;
  }) =>
    extensionOf(
      '2.5.29.35',
      sequence(
        ...(id.keyId === undefined ? [] : [implicit(0, Buffer.from(id.keyId))]),
        ...(id.issuer ? [explicit(1, explicit(4, id.issuer))] : []),
        ...(id.serialNumber ? [implicit(2, id.serialNumber)] : []),
      ),
    ),
  alternativeNames: (...names: readonly Uint8Array[]) => extensionOf('2.5.29.17', sequence(...names)),
  nameConstraints: (
    {
      permitted = [],
      excluded = [],
    }: { readonly permitted?: readonly Uint8Array[]; readonly excluded?: readonly Uint8Array[] },
    isCritical = true,
  ) => {
    const subtrees = (number: number, bases: readonly Uint8Array[]): Buffer[] =>
      bases.length === 0 ? [] : [explicit(number, ...bases.map((base) => sequence(base)))];
    return extensionOf(
      '2.5.29.30',
      sequence(...subtrees(0, permitted), ...subtrees(1, excluded)),
      isCritical,
    );
  },
};
const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const;
export type KeyUsage = (typeof keyUsages)[number];
export const purposes = {
  clientAuth: '1.3.6.1.5.5.7.3.2',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  any: '2.5.29.37.0',
};

/** General names. */
export const generalName = {
  email: (value: string) => implicit(1, Buffer.from(value, 'latin1')),
  dns: (value: string) => implicit(2, Buffer.from(value, 'latin1')),
  x400: () => explicit(3, sequence()),
  directory: (name: Uint8Array) => explicit(4, name),
  ediParty: (value: string) => explicit(5, explicit(1, utf8(value))),
  uri: (value: string) => implicit(6, Buffer.from(value, 'latin1')),
  address: (...bytes: readonly number[]) => implicit(7, Buffer.from(bytes)),
  registeredId: () => implicit(8, Buffer.of(0x2a, 0x03)),
  other: (value: string) => explicit(0, oid('1.2.3.4'), explicit(0, ia5(value))),
};

/** Everything that a certificate consists of, as DER where it could be invalid. */
export interface CertificateSpec {
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly notBefore: Uint8Array;
  readonly notAfter: Uint8Array;
  /** `[0]` with the version; empty for version 1. */
  readonly version?: Uint8Array;
  /** Contents of the integer. */
  readonly serialNumber?: Uint8Array;
  readonly hash?: Hash;
  /** Hash of an RSA-PSS signature. */
  readonly pss?: 'sha1' | 'sha256';
  /** Replaces the algorithm in the signed part. */
  readonly signedAlgorithm?: Uint8Array;
  readonly uniqueIds?: readonly Uint8Array[];
  readonly extensions?: readonly Uint8Array[];
  /** Changes a bit of the signature. */
  readonly isForged?: boolean;
}

let serial = 1;

export function derCertificate(spec: CertificateSpec): Buffer {
  const { signer, pss, hash = pss ?? 'sha256', extensions: list = [] } = spec;
  const algorithm = pss ? pssAlgorithm(pss) : algorithmOf(signer, hash);
  const signedPart = sequence(
    spec.version ?? explicit(0, integer(2)),
    integer(spec.serialNumber ?? Buffer.of(0x10, (serial >> 8) & 0xff, serial++ & 0xff)),
    spec.signedAlgorithm ?? algorithm,
    spec.issuer,
    sequence(spec.notBefore, spec.notAfter),
    spec.subject,
    publicDer(spec.key),
    ...(spec.uniqueIds ?? []),
    ...(list.length > 0 ? [explicit(3, sequence(...list))] : []),
  );
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 };
  const signature = sign(signer.asymmetricKeyType === 'ed25519' ? null : hash, signedPart, {
    key: signer,
    ...(pss ? padding : {}),
  });
  if (spec.isForged) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  return sequence(signedPart, algorithm, bits(signature));
}

export const toPem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
