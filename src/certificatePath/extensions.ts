import {
  checkWellFormed,
  DerError,
  DerReader,
  readAll,
  readOnly,
  tags,
  toBoolean,
  toCount,
  toHex,
  toIntegerHex,
  toObjectIdentifier,
  type DerElement,
} from './der';
import { type DistinguishedName } from './distinguishedName';
import { readGeneralName, readGeneralNames, type GeneralName } from './generalName';
import { readNameConstraints, type NameConstraints } from './nameConstraints';

/** Bits of the key usage extension, the first bit highest. */
export const keyUsageBits = { digitalSignature: 0x80, keyAgreement: 0x08, keyCertSign: 0x04 } as const;

/** The extensions that path validation processes. */
export interface ProcessedExtensions {
  readonly basicConstraints?: { readonly ca: boolean; readonly pathLength: number | undefined };
  /** First byte of the bits. */
  readonly keyUsage?: number;
  readonly extendedKeyUsage?: readonly string[];
  readonly alternativeNames?: readonly GeneralName[];
  readonly nameConstraints?: NameConstraints;
  /** Hexadecimal. */
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: AuthorityKeyId;
}

/** How a certificate identifies the key of its issuer. */
export interface AuthorityKeyId {
  readonly keyId: string | undefined;
  readonly issuer: DistinguishedName | undefined;
  readonly serialNumber: string | undefined;
}

/** A problem with an extension; `isProcessed` if path validation depends on it. */
export interface ExtensionProblem {
  readonly kind: 'malformed' | 'duplicate' | 'unknownCritical';
  /** Name of the extension, or its object identifier. */
  readonly extension: string;
  readonly isProcessed: boolean;
}

export interface Extensions extends ProcessedExtensions {
  readonly problems: readonly ExtensionProblem[];
}

interface Rule {
  readonly name: string;
  readonly read: (value: Uint8Array) => ProcessedExtensions | undefined;
}

/** For extensions that have no effect on the result; critical ones are accepted, as by `openssl verify`. */
const checkOnly = (value: Uint8Array): undefined => {
  checkWellFormed(value);
};

/** @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2 */
const rules: Readonly<Record<string, Rule>> = {
  '2.5.29.14': { name: 'subject key identifier', read: readSubjectKeyId },
  '2.5.29.15': { name: 'key usage', read: readKeyUsage },
  '2.5.29.17': {
    name: 'subject alternative name',
    read: (value) => ({ alternativeNames: readGeneralNames(readOnly(value)) }),
  },
  '2.5.29.19': { name: 'basic constraints', read: readBasicConstraints },
  '2.5.29.30': {
    name: 'name constraints',
    read: (value) => ({ nameConstraints: readNameConstraints(value) }),
  },
  '2.5.29.31': { name: 'CRL distribution points', read: checkOnly },
  '2.5.29.32': { name: 'certificate policies', read: checkOnly },
  '2.5.29.33': { name: 'policy mappings', read: checkOnly },
  '2.5.29.35': { name: 'authority key identifier', read: readAuthorityKeyId },
  '2.5.29.36': { name: 'policy constraints', read: checkOnly },
  '2.5.29.37': {
    name: 'extended key usage',
    read: (value) => ({
      extendedKeyUsage: readAll(readOnly(value, tags.sequence)).map(toObjectIdentifier),
    }),
  },
  '2.5.29.54': { name: 'inhibit anyPolicy', read: checkOnly },
};
/** Extensions that must not be critical; without a value that can be read, a certificate is malformed, but usable. */
const informative: Readonly<Record<string, Rule>> = {
  '2.5.29.9': { name: 'subject directory attributes', read: checkOnly },
  '2.5.29.18': { name: 'issuer alternative name', read: checkOnly },
  '2.5.29.46': { name: 'freshest CRL', read: checkOnly },
  '1.3.6.1.5.5.7.1.1': { name: 'authority information access', read: checkAccessDescriptions },
  '1.3.6.1.5.5.7.1.11': { name: 'subject information access', read: checkAccessDescriptions },
};

/** Reads the extensions of a certificate; one that is unknown or malformed does not prevent reading the others. @throws DerError */
export function readExtensions(list: DerElement | undefined): Extensions {
  let found: ProcessedExtensions = {};
  const problems: ExtensionProblem[] = [];
  const seen = new Set<string>();
  for (const element of list ? readAll(list) : []) {
    if (element.tag !== tags.sequence) throw new DerError('an extension is not a sequence');
    const reader = new DerReader(element.content);
    const id = toObjectIdentifier(reader.next(tags.objectIdentifier));
    const critical = reader.optional(tags.boolean);
    const isCritical = critical !== undefined && toBoolean(critical);
    const value = reader.next(tags.octetString).content;
    reader.end();
    const rule = rules[id] ?? informative[id];
    const extension = rule?.name ?? id;
    const read = rule && rule.read !== checkOnly && rules[id] === rule;
    if (seen.has(id)) problems.push({ kind: 'duplicate', extension, isProcessed: true });
    seen.add(id);
    if (isCritical && !rules[id]) problems.push({ kind: 'unknownCritical', extension, isProcessed: true });
    try {
      found = { ...found, ...rule?.read(value) };
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      problems.push({ kind: 'malformed', extension, isProcessed: isCritical || read === true });
    }
  }
  return { ...found, problems };
}

function readSubjectKeyId(value: Uint8Array): ProcessedExtensions {
  return { subjectKeyId: toHex(readOnly(value, tags.octetString).content) };
}

function readKeyUsage(value: Uint8Array): ProcessedExtensions {
  const [unused = 8, keyUsage = 0, ...more] = readOnly(value, tags.bitString).content;
  if (unused > 7) throw new DerError('a bit string has too many unused bits');
  // At least one bit must be set.
  if (keyUsage === 0 && !more.some((byte) => byte !== 0)) throw new DerError('the key usage is empty');
  return { keyUsage };
}

function readBasicConstraints(value: Uint8Array): ProcessedExtensions {
  const reader = new DerReader(readOnly(value, tags.sequence).content);
  const ca = reader.optional(tags.boolean);
  const pathLength = reader.optional(tags.integer);
  reader.end();
  return {
    basicConstraints: {
      ca: ca !== undefined && toBoolean(ca),
      pathLength: pathLength && toCount(pathLength.content),
    },
  };
}

function readAuthorityKeyId(value: Uint8Array): ProcessedExtensions {
  const reader = new DerReader(readOnly(value, tags.sequence).content);
  const keyId = reader.optional(0x80);
  const issuer = reader.optional(0xa1);
  const serialNumber = reader.optional(0x82);
  reader.end();
  const directory = (issuer ? readAll(issuer).map(readGeneralName) : []).find(
    (name) => name.kind === 'directory',
  );
  return {
    authorityKeyId: {
      keyId: keyId && toHex(keyId.content),
      issuer: directory?.kind === 'directory' ? directory.name : undefined,
      serialNumber: serialNumber && toIntegerHex(serialNumber.content),
    },
  };
}

function checkAccessDescriptions(value: Uint8Array): undefined {
  for (const description of readAll(readOnly(value, tags.sequence))) {
    const reader = new DerReader(description.content);
    toObjectIdentifier(reader.next(tags.objectIdentifier));
    readGeneralName(reader.next());
    reader.end();
  }
}
