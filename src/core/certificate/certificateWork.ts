import { type KeyType } from './keyType';

/** A private key as in its file: PEM, and the passphrase if it is encrypted. Secret; for one action only. */
export interface PrivateKey {
  readonly pem: string;
  readonly passphrase?: string;
}

/** A CA certificate (PEM) with its key. */
export interface Issuer {
  readonly certificate: string;
  readonly key: PrivateKey;
}

/** Attributes of a subject name; empty ones are omitted. CN is never empty. */
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
  /** Issuer of an intermediate; absent for a root. Limits the validity. */
  readonly issuer?: Issuer;
}

export interface DeviceCertificateRequest {
  /** Becomes the CN. */
  readonly deviceId: string;
  readonly keyType: KeyType;
  readonly days: number;
  readonly now: number;
  readonly passphrase?: string;
  /** Absent for a self-signed certificate, for a device that authenticates with its thumbprint. */
  readonly issuer?: Issuer;
}

export interface CertificateWithKey {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS#8; encrypted if a passphrase was given. */
  readonly key: string;
}

/** Contents of certificate files in order: the certificate that the key belongs to comes first. */
export interface CertificateBundle {
  /** PEM of the certificate that the key belongs to, or of the only leaf or CA if there is no key. */
  readonly certificate: string;
  /** PEM of its issuers, nearest first, and the root last if it is included. */
  readonly chain: readonly string[];
  /** Plain PKCS#8 PEM, for memory only. */
  readonly key?: string;
}

/**
 * Everything with keys and certificates that needs the X.509 library. It runs on worker threads: a signal stops
 * it immediately, and nothing blocks. Failures are `IotError`s.
 */
export interface CertificateWork {
  createAuthority(request: AuthorityRequest, signal?: AbortSignal): Promise<CertificateWithKey>;
  issueDevice(request: DeviceCertificateRequest, signal?: AbortSignal): Promise<CertificateWithKey>;
  /** Issues many, in the order of the requests; each is reported as soon as it is ready. */
  issueDevices(
    requests: readonly DeviceCertificateRequest[],
    onIssued: (index: number, issued: CertificateWithKey) => void | Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>;
  /** PEM of a certificate with the code as CN, signed by the issuer to prove possession of its key. */
  issueVerification(
    request: { readonly code: string; readonly issuer: Issuer; readonly now: number },
    signal?: AbortSignal,
  ): Promise<string>;
  /** A PKCS#10 request (PEM) for a certificate with this CN and a new key. */
  createRequest(
    request: { readonly commonName: string; readonly keyType: KeyType },
    signal?: AbortSignal,
  ): Promise<{ readonly request: string; readonly key: string }>;
  /** Plain PKCS#8 PEM of a key in any format. @throws IotError `wrongPassphrase`, also if it is missing */
  unlockKey(key: PrivateKey, signal?: AbortSignal): Promise<string>;
  /** Encrypted PKCS#8 PEM of a plain one. */
  lockKey(plainKey: string, passphrase: string, signal?: AbortSignal): Promise<string>;
  /**
   * Reads PEM, DER, PKCS#7 and PKCS#12 files, with keys as PKCS#1, PKCS#8 or SEC1, encrypted or not.
   * @throws IotError `wrongPassphrase` if it is missing or incorrect; `invalidInput` for anything else
   */
  readFiles(
    files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
    passphrase?: string,
    signal?: AbortSignal,
  ): Promise<CertificateBundle>;
  /** The same for files of which only certificates are needed: private keys in them are not opened. */
  readCertificates: CertificateWork['readFiles'];
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
