import 'reflect-metadata';
import { createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { type Asn1, child, parseDer } from './asn1';
import { type NameAttribute } from './names';
import { type CertificatePlan, type Signature } from './toBeSigned';

const algorithms = {
  rsa: { name: 'RSASSA-PKCS1-v1_5' },
  ec: { name: 'ECDSA' },
} as const;

/** The library signs with WebCrypto. Only the part to be signed is used; the signature is created separately. */
const noSignature = new ArrayBuffer(8);

/**
 * The signed part of a certificate, by @peculiar/x509, which also supports EC keys. The issuer is the subject.
 */
export async function peculiarCertificate(plan: CertificatePlan): Promise<Asn1> {
  const { KeyUsageFlags: usage } = x509;
  const isAuthority = plan.role === 'authority';
  const deviceUsage =
    plan.key.asymmetricKeyType === 'rsa'
      ? usage.digitalSignature | usage.keyEncipherment
      : usage.digitalSignature;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: plan.serialNumber,
    subject: nameOf(plan.subject),
    issuer: nameOf(plan.subject),
    notBefore: plan.notBefore,
    notAfter: plan.notAfter,
    publicKey: spkiOf(plan),
    signingAlgorithm: { ...algorithms[plan.signature.family], hash: plan.signature.hash },
    signature: noSignature,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, plan.pathLength, true),
      new x509.KeyUsagesExtension(isAuthority ? usage.keyCertSign | usage.cRLSign : deviceUsage, true),
      ...(isAuthority ? [] : [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]),
      new x509.SubjectKeyIdentifierExtension(plan.keyId.toString('hex')),
      new x509.AuthorityKeyIdentifierExtension(plan.issuerKeyId.toString('hex')),
    ],
  });
  return child(parseDer(new Uint8Array(certificate.rawData)), 0);
}

/** A complete PKCS#10 request for an EC key, signed with it. DER. */
export async function peculiarRequest(
  subject: readonly NameAttribute[],
  key: KeyObject,
  { hash }: Signature,
): Promise<Buffer> {
  const algorithm = {
    name: 'ECDSA',
    namedCurve: webCurves[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'P-256',
  };
  const { subtle } = webcrypto;
  const publicDer = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: nameOf(subject),
      keys: {
        privateKey: await subtle.importKey(
          'pkcs8',
          key.export({ type: 'pkcs8', format: 'der' }),
          algorithm,
          false,
          ['sign'],
        ),
        publicKey: await subtle.importKey('spki', publicDer, algorithm, true, ['verify']),
      },
      signingAlgorithm: { name: 'ECDSA', hash },
    },
    webcrypto,
  );
  return Buffer.from(request.rawData);
}

const webCurves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384' };

/** As typed strings, because `#`, `+`, and quotes have a meaning in the text form. */
const nameOf = (name: readonly NameAttribute[]) =>
  new x509.Name(
    name.map(({ oid, value, isPrintable }) => ({
      [oid]: [isPrintable ? { printableString: value } : { utf8String: value }],
    })),
  );

const spkiOf = ({ key }: Pick<CertificatePlan, 'key'>) => key.export({ type: 'spki', format: 'der' });
