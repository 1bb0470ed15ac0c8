import { type KeyObject } from 'node:crypto';
import { explicit, integer } from '../../../support/der';
import {
  commonName,
  derCertificate,
  extensions,
  keyOf,
  timeOf,
  type CertificateSpec,
} from '../../../support/derCertificate';
import { day, testTime } from '../../../support/derChain';

/** A certificate of a chain, before it is issued. */
export interface Draft {
  subject: Buffer;
  /** Replaces the subject of the certificate above. */
  issuer?: Buffer;
  key: KeyObject;
  /** Replaces the key of the certificate above. */
  signer?: KeyObject;
  notBefore: Buffer;
  notAfter: Buffer;
  version: Buffer;
  serialNumber: Buffer;
  hash?: CertificateSpec['hash'];
  signedAlgorithm?: Buffer;
  uniqueIds?: readonly Buffer[];
  /** By name, so that one can be replaced. */
  extensions: Map<string, Buffer>;
  isForged?: boolean;
}

/** A chain from an authority of the hub to a device certificate, before it is issued. */
export interface ChainDraft {
  /** The authority first, the device certificate last. */
  readonly certificates: Draft[];
  /** Which certificates the client sends after its own, from those that are issued. */
  arrange: (intermediates: Buffer[], anchor: Buffer) => Buffer[];
  deviceId: string;
  /** Index of the certificate that is on the hub; -1: none of them. */
  anchor: number;
}

/** An issued chain. */
export interface Chain {
  readonly deviceId: string;
  readonly leaf: Buffer;
  readonly presented: readonly Buffer[];
  readonly anchor: Buffer | undefined;
}

/** @param id makes its names and serial numbers different from those of other chains */
export function draftChain(id: number, intermediates: number): ChainDraft {
  const certificates: Draft[] = [];
  for (let level = 0; level <= intermediates; level++) {
    const name = level === 0 ? `Root ${id}` : `CA ${id}.${level}`;
    certificates.push(
      draft(id, level, commonName(name), [
        ['basicConstraints', extensions.basicConstraints(true)],
        ['keyUsage', extensions.keyUsage('keyCertSign', 'cRLSign')],
      ]),
    );
  }
  certificates.push(
    draft(id, intermediates + 1, commonName('device'), [
      ['basicConstraints', extensions.basicConstraints(false)],
    ]),
  );
  return { certificates, arrange: (between) => between, deviceId: 'device', anchor: 0 };
}

function draft(id: number, level: number, subject: Buffer, list: [string, Buffer][]): Draft {
  return {
    subject,
    key: keyOf('ec', level),
    notBefore: timeOf(testTime - 30 * day),
    notAfter: timeOf(testTime + 300 * day),
    version: explicit(0, integer(2)),
    serialNumber: Buffer.of(0x20, id >> 16, (id >> 8) & 0xff, id & 0xff, level),
    extensions: new Map(list),
  };
}

export function issueChain({ certificates, arrange, deviceId, anchor }: ChainDraft): Chain {
  const issued = certificates.map(({ issuer, signer, extensions: list, ...own }, level) => {
    const above = certificates[level - 1];
    return derCertificate({
      ...own,
      issuer: issuer ?? above?.subject ?? own.subject,
      signer: signer ?? above?.key ?? own.key,
      extensions: [...list.values()],
    });
  });
  const [root = Buffer.alloc(0), ...others] = issued;
  const leaf = others.pop() ?? root;
  // The client sends the certificate next to its own first.
  return { deviceId, leaf, presented: arrange(others.reverse(), root), anchor: issued[anchor] };
}
