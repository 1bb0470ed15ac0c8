import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 24 * 60 * 60 * 1000;

/** The typed form would take quotes and `=` in a value for syntax. */
const nameOf = (commonName: string) => [{ CN: [{ utf8String: commonName }] }] as unknown as x509.JsonName;

export interface TestCertificate {
  readonly pem: string;
  readonly keyPem: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly certificate: x509.X509Certificate;
}

export interface TestRequest {
  readonly commonName: string;
  readonly issuer?: TestCertificate;
  /** Signs with this key instead of the issuer's. */
  readonly signer?: TestCertificate;
  readonly isAuthority?: boolean;
  /** Days from now. */
  readonly from?: number;
  readonly until?: number;
  readonly extensions?: readonly x509.Extension[];
}

/** A certificate for tests; EC P-256, so that it takes a millisecond. */
export async function makeCertificate(request: TestRequest): Promise<TestCertificate> {
  const { commonName, issuer, signer = issuer, isAuthority = false, from = -1, until = 30 } = request;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const serial = randomBytes(16);
  serial[0] = 0x11;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString('hex'),
    subject: nameOf(commonName),
    issuer: issuer ? issuer.certificate.subjectName : nameOf(commonName),
    notBefore: new Date(Date.now() + from * day),
    notAfter: new Date(Date.now() + until * day),
    publicKey: keys.publicKey,
    signingKey: (signer?.keys ?? keys).privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
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
