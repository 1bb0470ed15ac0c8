import { type Event } from '../base/event';
import { type CertificateInfo } from './certificate';

/** A certificate authority in a folder of this computer. No secret in it. */
export interface Authority {
  readonly id: string;
  readonly name: string;
  /** Absolute. Holds everything of the authority; mode 0700. */
  readonly folder: string;
  /** PEM of the authority alone. */
  readonly certificateFile: string;
  /** PEM of the authority and all its issuers, root last. */
  readonly chainFile: string;
  /** PEM, mode 0600; absent when the key lives elsewhere. */
  readonly keyFile?: string;
  readonly isKeyEncrypted: boolean;
  /** The local authority that issued it. */
  readonly parentId?: string;
  readonly createdAt: number;
  readonly info: CertificateInfo;
}

/** A certificate that was issued here; an entry of the index, which survives. No secret in it. */
export interface IssuedCertificate {
  readonly id: string;
  /** Absent when it is self-signed. */
  readonly authorityId?: string;
  readonly deviceId: string;
  /** Host name of the hub that the device is of. */
  readonly hubHostName?: string;
  readonly serialNumber: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly sha1: string;
  readonly sha256: string;
  readonly key: string;
  /** PEM that a client presents: the certificate and its intermediates. */
  readonly certificateFile: string;
  /** PEM, mode 0600. */
  readonly keyFile?: string;
  readonly isKeyEncrypted: boolean;
  readonly issuedAt: number;
}

export interface NewAuthority {
  readonly name: string;
  /** Where its folder is made; absent for the default place. */
  readonly parentFolder?: string;
  readonly certificate: string;
  /** Its issuers, nearest first. */
  readonly chain: readonly string[];
  readonly key?: string;
  readonly isKeyEncrypted: boolean;
  readonly parentId?: string;
}

export interface NewIssuedCertificate {
  readonly authorityId?: string;
  readonly deviceId: string;
  readonly hubHostName?: string;
  readonly certificate: string;
  readonly key?: string;
  readonly isKeyEncrypted: boolean;
}

/** The authorities of this computer and what they issued: files, never overwritten, with an index. */
export interface AuthorityStore {
  readonly onDidChange: Event<void>;
  list(): Promise<readonly Authority[]>;
  /** @throws IotError `notFound` */
  get(id: string): Promise<Authority>;
  /** @throws IotError `alreadyExists` when the certificate is here already. */
  add(authority: NewAuthority): Promise<Authority>;
  /** Takes the authority, its key and all it issued off this computer. */
  remove(id: string): Promise<void>;
  issued(): Promise<readonly IssuedCertificate[]>;
  addIssued(certificate: NewIssuedCertificate): Promise<IssuedCertificate>;
  /** Many at once, with one write of the index. */
  addAllIssued(certificates: readonly NewIssuedCertificate[]): Promise<readonly IssuedCertificate[]>;
  removeIssued(id: string): Promise<void>;
  /** Text of one of the files above. @throws IotError when it is gone. */
  read(file: string): Promise<string>;
}
