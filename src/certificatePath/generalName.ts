import { DerError, readAll, readOnly, tags, type DerElement } from './der';
import { readName, type DistinguishedName } from './distinguishedName';

/** A subject alternative name, or the base of a name constraint. */
export type GeneralName =
  | { readonly kind: 'email' | 'dns' | 'uri'; readonly text: string }
  | { readonly kind: 'address'; readonly bytes: Uint8Array }
  | { readonly kind: 'directory'; readonly name: DistinguishedName }
  /** A form whose value is not read. */
  | { readonly kind: 'otherName' | 'x400Address' | 'ediPartyName' | 'registeredId' };

const kinds: Readonly<Record<number, GeneralName['kind']>> = {
  0xa0: 'otherName',
  0x81: 'email',
  0x82: 'dns',
  0xa3: 'x400Address',
  0xa4: 'directory',
  0xa5: 'ediPartyName',
  0x86: 'uri',
  0x87: 'address',
  0x88: 'registeredId',
};

/** @throws DerError */
export function readGeneralName({ tag, content }: DerElement): GeneralName {
  const kind = kinds[tag];
  switch (kind) {
    case undefined:
      throw new DerError(`a general name has the unknown tag ${tag}`);
    case 'email':
    case 'dns':
    case 'uri':
      return { kind, text: Buffer.from(content).toString('latin1') };
    case 'address':
      return { kind, bytes: content };
    case 'directory':
      return { kind, name: readName(readOnly(content)) };
    default:
      return { kind };
  }
}

/** @throws DerError */
export function readGeneralNames(element: DerElement): readonly GeneralName[] {
  if (element.tag !== tags.sequence) throw new DerError('general names are not a sequence');
  return readAll(element).map(readGeneralName);
}

/** A name as it is written in a message. */
export function formatGeneralName(name: GeneralName): string {
  switch (name.kind) {
    case 'email':
    case 'dns':
    case 'uri':
      return name.text.replace(/[^\x20-\x7e]/g, '?');
    case 'address':
      return formatAddress(name.bytes);
    case 'directory':
      return name.name.label;
    default:
      return name.kind;
  }
}

function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/.{4}(?=.)/g, '$&:');
}
