import { type Event } from '../base/event';
import { type CertificateInfo } from './certificate';

/** A certificate authority in a folder on this computer. Contains no secrets. */
export interface Authority {
  readonly id: string;
  readonly name: string;
  /** Absolute path, mode 0700. Contains all files of the certificate authority. */
  readonly folder: string;
  /** PEM of the certificate authority only. */
  readonly certificateFile: string;
  /** PEM of the certificate authority and all its issuers, root last. */
  readonly chainFile: string;
  /** PEM, mode 0600; absent if the key is stored elsewhere. */
  readonly keyFile?: string;
  readonly isKeyEncrypted: boolean;
  /** The certificate authority on this computer that issued it. */
  readonly parentId?: string;
  readonly createdAt: number;
  readonly info: CertificateInfo;
}

/** A certificate that was issued here, as an entry of the index. Contains no secrets. */
export interface IssuedCertificate {
  readonly id: string;
  /** Absent if it is self-signed. */
  readonly authorityId?: string;
  readonly deviceId: string;
  /** Host name of the device's hub. */
  readonly hubHostName?: string;
  readonly serialNumber: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly sha1: string;
  readonly sha256: string;
  readonly key: string;
  /** PEM that a client presents: the certificate, followed by its intermediates. */
  readonly certificateFile: string;
  /** PEM, mode 0600. */
  readonly keyFile?: string;
  readonly isKeyEncrypted: boolean;
  readonly issuedAt: number;
}

export interface NewAuthority {
  readonly name: string;
  /** Where its folder is created; absent for the default location. */
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

/** The certificate authorities on this computer and the certificates they issued: files that are never overwritten, with an index. */
export interface AuthorityStore {
  readonly onDidChange: Event<void>;
  list(): Promise<readonly Authority[]>;
  /** @throws IotError `notFound` */
  get(id: string): Promise<Authority>;
  /** @throws IotError `alreadyExists` if the certificate is already on this computer */
  add(authority: NewAuthority): Promise<Authority>;
  /** Deletes the certificate authority, its key, and all certificates it issued from this computer. */
  remove(id: string): Promise<void>;
  issued(): Promise<readonly IssuedCertificate[]>;
  addIssued(certificate: NewIssuedCertificate): Promise<IssuedCertificate>;
  /** Adds many with a single write of the index. */
  addAllIssued(certificates: readonly NewIssuedCertificate[]): Promise<readonly IssuedCertificate[]>;
  removeIssued(id: string): Promise<void>;
  /** Text of one of the files above. @throws IotError if it no longer exists */
  read(file: string): Promise<string>;
}
