import { type KeyType } from './keyType';

/** A private key as its file holds it: PEM, and the passphrase when it is encrypted. Secret, for one action. */
export interface PrivateKey {
  readonly pem: string;
  readonly passphrase?: string;
}

/** Who signs: a CA certificate (PEM) with its key. */
export interface Issuer {
  readonly certificate: string;
  readonly key: PrivateKey;
}

/** Attributes of a subject name; empty ones are left out. CN is never empty. */
export interface SubjectName {
  readonly commonName: string;
  readonly organization?: string;
  readonly organizationalUnit?: string;
  readonly locality?: string;
  readonly state?: string;
  /** Two letters, ISO 3166. */
  readonly country?: string;
}

export interface AuthorityRequest {
  readonly subject: SubjectName;
  readonly keyType: KeyType;
  readonly days: number;
  readonly now: number;
  /** Encrypts the key: PKCS#8, PBES2. Without it the key is plain PKCS#8. */
  readonly passphrase?: string;
  /** Signs it as an intermediate; absent for a root. Validity never goes beyond the issuer's. */
  readonly issuer?: Issuer;
}

export interface DeviceCertificateRequest {
  /** Becomes the CN. */
  readonly deviceId: string;
  readonly keyType: KeyType;
  readonly days: number;
  readonly now: number;
  readonly passphrase?: string;
  /** Absent: self-signed, for a device that logs in by thumbprint. */
  readonly issuer?: Issuer;
}

export interface CertificateWithKey {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS#8; encrypted when a passphrase was given. */
  readonly key: string;
}

/** What certificate files hold, put in order: the one that the key belongs to first. */
export interface CertificateBundle {
  /** PEM of the certificate that the key fits, or of the only leaf/authority when no key came. */
  readonly certificate: string;
  /** PEM of its issuers, nearest first, root last when it came along. */
  readonly chain: readonly string[];
  /** Plain PKCS#8 PEM, for memory only. */
  readonly key?: string;
}

/**
 * All work with keys and certificates that takes the X.509 library. It runs on worker threads: a signal stops
 * it at once, and nothing of it blocks. Failures are `IotError`s.
 */
export interface CertificateWork {
  createAuthority(request: AuthorityRequest, signal?: AbortSignal): Promise<CertificateWithKey>;
  issueDevice(request: DeviceCertificateRequest, signal?: AbortSignal): Promise<CertificateWithKey>;
  /** Many, in the order of the requests; each is handed out as soon as it is there. */
  issueDevices(
    requests: readonly DeviceCertificateRequest[],
    onIssued: (index: number, issued: CertificateWithKey) => void | Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>;
  /** PEM of the certificate with the code as CN, signed by the authority that proves its possession. */
  issueVerification(
    request: { readonly code: string; readonly issuer: Issuer; readonly now: number },
    signal?: AbortSignal,
  ): Promise<string>;
  /** A PKCS#10 request (PEM) for a certificate with this CN, of a new key. */
  createRequest(
    request: { readonly commonName: string; readonly keyType: KeyType },
    signal?: AbortSignal,
  ): Promise<{ readonly request: string; readonly key: string }>;
  /** Plain PKCS#8 PEM of a key in any form. @throws IotError `wrongPassphrase` also when one is missing. */
  unlockKey(key: PrivateKey, signal?: AbortSignal): Promise<string>;
  /** Encrypted PKCS#8 PEM of a plain one. */
  lockKey(plainKey: string, passphrase: string, signal?: AbortSignal): Promise<string>;
  /**
   * Reads PEM, DER and PKCS#12 files, with keys as PKCS#1, PKCS#8 or SEC1, encrypted or not.
   * @throws IotError `wrongPassphrase` when one is missing or wrong; `invalidInput` for anything else.
   */
  readFiles(
    files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
    passphrase?: string,
    signal?: AbortSignal,
  ): Promise<CertificateBundle>;
  exportPkcs12(
    request: {
      readonly certificate: string;
      readonly chain: readonly string[];
      readonly key: PrivateKey;
      /** Protects the file. */
      readonly passphrase: string;
      readonly friendlyName: string;
    },
    signal?: AbortSignal,
  ): Promise<Uint8Array>;
}
