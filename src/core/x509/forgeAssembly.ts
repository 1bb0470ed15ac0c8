import { type Asn1, binary } from './asn1';
import forge from './forge';
import { type NameAttribute } from './names';
import { type CertificatePlan } from './toBeSigned';

/** Documented functions of forge that its types omit. */
const untyped = forge.pki as unknown as {
  getTBSCertificate(certificate: forge.pki.Certificate): Asn1;
  getCertificationRequestInfo(request: forge.pki.CertificateSigningRequest): Asn1;
};

/** The signed part of a certificate, by node-forge, which supports RSA only. The issuer is the subject. */
export function forgeCertificate(plan: CertificatePlan): Asn1 {
  const certificate = forge.pki.createCertificate();
  certificate.serialNumber = plan.serialNumber;
  certificate.validity = { notBefore: plan.notBefore, notAfter: plan.notAfter };
  certificate.publicKey = publicKeyOf(plan);
  certificate.setSubject(fieldsOf(plan.subject));
  certificate.setIssuer(fieldsOf(plan.subject));
  const signature = certificate.siginfo as { algorithmOid: string };
  signature.algorithmOid = plan.signature.oid;
  certificate.setExtensions([
    {
      name: 'basicConstraints',
      critical: true,
      cA: plan.role === 'authority',
      ...(plan.pathLength === undefined ? {} : { pathLenConstraint: plan.pathLength }),
    },
    plan.role === 'authority'
      ? { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true }
      : { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    ...(plan.role === 'device' ? [{ name: 'extKeyUsage', clientAuth: true }] : []),
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: binary(plan.issuerKeyId) },
  ]);
  return untyped.getTBSCertificate(certificate);
}

/** The signed part of a PKCS#10 request. */
export function forgeRequest(plan: Pick<CertificatePlan, 'subject' | 'key'>): Asn1 {
  const request = forge.pki.createCertificationRequest();
  request.publicKey = publicKeyOf(plan);
  request.setSubject(fieldsOf(plan.subject));
  return untyped.getCertificationRequestInfo(request);
}

const publicKeyOf = ({ key }: Pick<CertificatePlan, 'key'>) =>
  forge.pki.publicKeyFromAsn1(forge.asn1.fromDer(binary(key.export({ type: 'spki', format: 'der' }))));

/** With the tag of each string, because forge writes a PrintableString by default. */
const fieldsOf = (name: readonly NameAttribute[]): forge.pki.CertificateField[] =>
  name.map(({ oid, value, isPrintable }) => ({
    type: oid,
    value,
    valueTagClass: (isPrintable
      ? forge.asn1.Type.PRINTABLESTRING
      : forge.asn1.Type.UTF8) as unknown as forge.asn1.Class,
  }));
