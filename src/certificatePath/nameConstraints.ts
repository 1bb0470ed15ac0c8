import { DerError, DerReader, readAll, readOnly, tags, toCount, type DerElement } from './der';
import { emailAddressType, isWithin, valuesOf, type DistinguishedName } from './distinguishedName';
import { formatGeneralName, readGeneralName, type GeneralName } from './generalName';

interface Subtree {
  readonly base: GeneralName;
  /** `minimum` is 0 and `maximum` absent, as RFC 5280 requires. */
  readonly isWhole: boolean;
}

/** Names that the certificates below may have. */
export interface NameConstraints {
  readonly permitted: readonly Subtree[];
  readonly excluded: readonly Subtree[];
}

/** @throws DerError */
export function readNameConstraints(value: Uint8Array): NameConstraints {
  const reader = new DerReader(readOnly(value, tags.sequence).content);
  const permitted = readSubtrees(reader.optional(0xa0));
  const excluded = readSubtrees(reader.optional(0xa1));
  reader.end();
  return { permitted, excluded };
}

function readSubtrees(element: DerElement | undefined): readonly Subtree[] {
  return element ? readAll(element).map(readSubtree) : [];
}

function readSubtree({ tag, content }: DerElement): Subtree {
  if (tag !== tags.sequence) throw new DerError('a name constraint is not a sequence');
  const reader = new DerReader(content);
  const base = readGeneralName(reader.next());
  const minimum = reader.optional(0x80);
  const maximum = reader.optional(0x81);
  reader.end();
  return { base, isWhole: (!minimum || toCount(minimum.content) === 0) && !maximum };
}

/** The names of a certificate that constraints apply to. */
interface NamedCertificate {
  readonly subject: DistinguishedName;
  readonly alternativeNames: readonly GeneralName[];
}

/** Why a certificate may not have a name. */
export interface NameProblem {
  readonly name: string;
  /** The constraint is of a kind or form that cannot be evaluated. */
  readonly isUnsupported: boolean;
}

/** Counts comparisons, of which a client could cause very many. */
export interface ComparisonBudget {
  left: number;
}

/** The first name of a certificate that the constraints of an issuer do not allow. @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10 */
export function findForbiddenName(
  certificate: NamedCertificate,
  { permitted, excluded }: NameConstraints,
  budget: ComparisonBudget,
): NameProblem | 'tooMany' | undefined {
  for (const name of namesOf(certificate)) {
    const ofKind = ({ base }: Subtree): boolean => base.kind === name.kind;
    const within = permitted.filter(ofKind);
    const without = excluded.filter(ofKind);
    budget.left -= permitted.length + excluded.length + 1;
    if (budget.left < 0) return 'tooMany';
    const problem = (isUnsupported: boolean): NameProblem => ({
      name: formatGeneralName(name),
      isUnsupported,
    });
    const matches = (subtree: Subtree): boolean | undefined =>
      subtree.isWhole ? isNameWithin(name, subtree.base) : undefined;
    const results = [...within, ...without].map(matches);
    if (results.includes(undefined)) return problem(true);
    const isPermitted = within.length === 0 || results.slice(0, within.length).includes(true);
    if (!isPermitted || results.slice(within.length).includes(true)) return problem(false);
  }
  return undefined;
}

/** Its subject, the email addresses in it, and its subject alternative names. */
function namesOf({ subject, alternativeNames }: NamedCertificate): readonly GeneralName[] {
  return [
    ...(subject.attributes.length > 0 ? [{ kind: 'directory', name: subject } as const] : []),
    ...valuesOf(subject, emailAddressType).map(({ text = '' }) => ({ kind: 'email', text }) as const),
    ...alternativeNames,
  ];
}

/** `undefined` if the constraint or the name cannot be evaluated. */
function isNameWithin(name: GeneralName, base: GeneralName): boolean | undefined {
  if (name.kind === 'directory' && base.kind === 'directory') return isWithin(name.name, base.name);
  if (name.kind === 'address' && base.kind === 'address') return isAddressWithin(name.bytes, base.bytes);
  if (name.kind === 'dns' && base.kind === 'dns') return isHostWithin(name.text, base.text, true);
  if (name.kind === 'email' && base.kind === 'email') return isEmailWithin(name.text, base.text);
  if (name.kind === 'uri' && base.kind === 'uri') {
    const host = hostOfUri(name.text);
    return host === undefined ? undefined : isHostWithin(host, base.text, false);
  }
  return undefined;
}

/**
 * A base with a leading dot contains the hosts below it.
 * @param alsoBelow a base without it does too, as for DNS names, but not for email addresses and URIs
 */
function isHostWithin(host: string, base: string, alsoBelow: boolean): boolean {
  const given = host.toLowerCase();
  const wanted = base.toLowerCase();
  if (wanted === '') return alsoBelow;
  if (wanted.startsWith('.')) return given.length > wanted.length && given.endsWith(wanted);
  return given === wanted || (alsoBelow && given.endsWith(`.${wanted}`));
}

/** A base is an address, a host, or with a leading dot a domain. */
function isEmailWithin(address: string, base: string): boolean | undefined {
  const at = address.lastIndexOf('@');
  if (at < 0) return undefined;
  const [local, host] = [address.slice(0, at), address.slice(at + 1)];
  const baseAt = base.lastIndexOf('@');
  if (baseAt < 0) return isHostWithin(host, base, false);
  const baseLocal = base.slice(0, baseAt);
  // With nothing before the `@`, each address of the host.
  return (baseLocal === '' || baseLocal === local) && isHostWithin(host, base.slice(baseAt + 1), false);
}

function hostOfUri(uri: string): string | undefined {
  const authority = /^[A-Za-z][\w+.-]*:\/\/([^/?#]*)/.exec(uri)?.[1];
  const host = authority?.replace(/^.*@/, '').replace(/:\d*$/, '');
  return host === '' ? undefined : host;
}

/** The base is an address followed by a mask of the same length. */
function isAddressWithin(address: Uint8Array, base: Uint8Array): boolean | undefined {
  if (![4, 16].includes(address.length) || ![8, 32].includes(base.length)) return undefined;
  if (base.length !== address.length * 2) return false;
  return address.every((byte, i) => {
    const mask = base[address.length + i] ?? 0;
    return (byte & mask) === ((base[i] ?? 0) & mask);
  });
}
