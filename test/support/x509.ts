import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

export type KeyKind = 'P-256' | 'P-384' | 'RSA-1024' | 'RSA-2048';

const algorithms: Readonly<Record<KeyKind, webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams>> = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384' },
  'RSA-1024': rsa(1024),
  'RSA-2048': rsa(2048),
};
const day = 24 * 60 * 60 * 1000;

function rsa(modulusLength: number): webcrypto.RsaHashedKeyGenParams {
  return {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
}

/** As typed JSON, since `=` and quotes in a value would be syntax in a string. */
export const nameOf = (...commonNames: string[]): x509.JsonName =>
  commonNames.map((text) => ({ CN: [{ utf8String: text }] })) as unknown as x509.JsonName;

export interface TestCertificate {
  readonly pem: string;
  readonly keyPem: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly certificate: x509.X509Certificate;
}

export interface TestRequest {
  readonly commonName: string;
  /** Replaces the common name. */
  readonly subject?: x509.JsonName;
  readonly issuer?: TestCertificate;
  /** Replaces the subject of the issuer. */
  readonly issuerName?: x509.JsonName;
  /** Signs instead of the issuer. */
  readonly signer?: TestCertificate;
  readonly isAuthority?: boolean;
  readonly pathLength?: number;
  readonly withoutBasicConstraints?: boolean;
  readonly usages?: x509.KeyUsageFlags;
  readonly purposes?: readonly string[];
  readonly keyKind?: KeyKind;
  /** Replaces newly generated keys. */
  readonly keys?: webcrypto.CryptoKeyPair;
  readonly hash?: 'SHA-1' | 'SHA-256' | 'SHA-384';
  /** Days from now. */
  readonly from?: number;
  readonly until?: number;
  readonly extensions?: readonly x509.Extension[];
}

/** Creates a certificate; EC P-256 by default, which takes a millisecond. */
export async function makeCertificate(request: TestRequest): Promise<TestCertificate> {
  const {
    commonName,
    subject = nameOf(commonName),
    issuer,
    signer = issuer,
    from = -1,
    until = 30,
  } = request;
  const { isAuthority = false, keyKind = 'P-256', hash = 'SHA-256' } = request;
  const keys =
    request.keys ?? (await webcrypto.subtle.generateKey(algorithms[keyKind], true, ['sign', 'verify']));
  const signingKey = (signer?.keys ?? keys).privateKey;
  const serial = randomBytes(16);
  serial[0] = 0x11;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString('hex'),
    subject,
    issuer: request.issuerName ?? (issuer ? issuer.certificate.subjectName : subject),
    notBefore: new Date(Date.now() + from * day),
    notAfter: new Date(Date.now() + until * day),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: { ...signingKey.algorithm, hash },
    extensions: [
      ...(request.withoutBasicConstraints
        ? []
        : [new x509.BasicConstraintsExtension(isAuthority, request.pathLength, true)]),
      ...(request.usages === undefined ? [] : [new x509.KeyUsagesExtension(request.usages, true)]),
      ...(request.purposes ? [new x509.ExtendedKeyUsageExtension([...request.purposes], true)] : []),
      ...(request.extensions ?? []),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    pem: `${certificate.toString('pem')}\n`,
    keyPem: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
    keys,
    certificate,
  };
}

/** The same certificate with changed bytes; everything else, including the signature, is unchanged. */
export function patched(
  original: TestCertificate,
  change: (der: Buffer) => void,
): Pick<TestCertificate, 'pem' | 'keyPem'> {
  const der = Buffer.from(original.certificate.rawData);
  change(der);
  return { pem: `${x509.PemConverter.encode(der, 'CERTIFICATE')}\n`, keyPem: original.keyPem };
}
