import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import {
  type AuthorityRequest,
  type CertificateWithKey,
  type DeviceCertificateRequest,
  type Issuer,
  type SubjectName,
} from '../certificate/certificateWork';
import { type KeyType } from '../certificate/keyType';
import { IotError } from '../errors';
import { type Asn1, bits, children, nullValue, oid, sequence, toDer } from './asn1';
import { forgeCertificate, forgeRequest } from './forgeAssembly';
import { keyIdentifier, newSerialNumber } from './identifiers';
import { openIssuer, type Signer } from './issuer';
import { keyPem, newPrivateKey, pem } from './keys';
import { toAttributes } from './names';
import { peculiarCertificate, peculiarRequest } from './peculiarAssembly';
import { type CertificatePlan, type Signature, chooseSignature } from './toBeSigned';

const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;
/** So that a hub or device whose clock is slightly behind accepts a new certificate. */
const skewMs = 5 * minuteMs;
/** The last date of RFC 5280 4.1.2.5. */
const endOfTime = Date.UTC(9999, 11, 31, 23, 59, 59);
const verificationDays = 7;

/** @throws IotError `invalidInput`; `wrongPassphrase` of the issuer's key. */
export async function createAuthority(
  request: AuthorityRequest,
  rounds: number,
): Promise<CertificateWithKey> {
  const signer = request.issuer && openIssuer(request.issuer, request.now);
  if (signer?.pathLength === 0) {
    throw new IotError(
      'invalidInput',
      l10n.t(
        '"{0}" can issue device certificates, but not certificate authorities. Select a root CA.',
        signer.name,
      ),
    );
  }
  const key = newPrivateKey(request.keyType);
  const certificate = await certify(
    {
      subject: request.subject,
      key,
      role: 'authority',
      // An intermediate issues device certificates only, so a stolen one cannot create more CAs.
      ...(signer ? { pathLength: 0 } : {}),
      days: request.days,
      now: request.now,
    },
    signer,
  );
  return { certificate, key: keyPem(key, request.passphrase, rounds) };
}

/** @throws as {@link createAuthority} */
export async function issueDevice(
  request: DeviceCertificateRequest,
  rounds: number,
): Promise<CertificateWithKey> {
  const signer = request.issuer && openIssuer(request.issuer, request.now);
  const key = newPrivateKey(request.keyType);
  const { days, now } = request;
  const certificate = await certify(
    { subject: { commonName: request.deviceId }, key, role: 'device', days, now },
    signer,
  );
  return { certificate, key: keyPem(key, request.passphrase, rounds) };
}

/** The key of this certificate is discarded: only the signature of the issuer matters. */
export async function issueVerification(request: {
  readonly code: string;
  readonly issuer: Issuer;
  readonly now: number;
}): Promise<string> {
  const signer = openIssuer(request.issuer, request.now);
  // The same key family as the issuer, in case a hub supports only that.
  const key = newPrivateKey(signer.key.asymmetricKeyType === 'rsa' ? 'rsa-2048' : 'ec-p256');
  const subject = { commonName: request.code };
  return certify({ subject, key, role: 'device', days: verificationDays, now: request.now }, signer);
}

/** PKCS#10 (RFC 2986) request for a CA whose key is stored elsewhere. */
export async function createRequest({
  commonName,
  keyType,
}: {
  readonly commonName: string;
  readonly keyType: KeyType;
}): Promise<{ readonly request: string; readonly key: string }> {
  if (commonName === '') throw emptyCommonName();
  const key = newPrivateKey(keyType);
  const subject = toAttributes({ commonName });
  const signature = chooseSignature(key);
  const request =
    signature.family === 'rsa'
      ? signed(forgeRequest({ subject, key: createPublicKey(key) }), key, signature)
      : await peculiarRequest(subject, key, signature);
  return { request: pem('CERTIFICATE REQUEST', request), key: keyPem(key, undefined, 0) };
}

interface CertificateOptions {
  readonly subject: SubjectName;
  /** Private key of the subject. */
  readonly key: KeyObject;
  readonly role: CertificatePlan['role'];
  readonly pathLength?: number;
  readonly days: number;
  readonly now: number;
}

async function certify(options: CertificateOptions, signer: Signer | undefined): Promise<string> {
  const plan = planCertificate(options, signer);
  const signingKey = signer?.key ?? options.key;
  // forge supports RSA only, so both keys must be RSA.
  const byForge = plan.key.asymmetricKeyType === 'rsa' && plan.signature.family === 'rsa';
  const own = byForge ? forgeCertificate(plan) : await peculiarCertificate(plan);
  const issued = signer ? withIssuer(own, signer.subject) : own;
  return pem('CERTIFICATE', signed(issued, signingKey, plan.signature));
}

function planCertificate(wanted: CertificateOptions, signer: Signer | undefined): CertificatePlan {
  if (wanted.subject.commonName === '') {
    throw emptyCommonName();
  }
  if (!Number.isInteger(wanted.days) || wanted.days < 1) {
    throw new IotError('invalidInput', l10n.t('The validity must be a whole number of days, at least 1.'));
  }
  const key = createPublicKey(wanted.key);
  const keyId = keyIdentifier(key);
  const end = Math.min(wanted.now + wanted.days * dayMs, endOfTime);
  return {
    subject: toAttributes(wanted.subject),
    serialNumber: newSerialNumber(),
    notBefore: wholeSecond(Math.max(wanted.now - skewMs, signer?.notBefore ?? 0)),
    notAfter: wholeSecond(Math.min(end, signer?.notAfter ?? end)),
    key,
    role: wanted.role,
    ...(wanted.pathLength === undefined ? {} : { pathLength: wanted.pathLength }),
    keyId,
    issuerKeyId: signer?.keyId ?? keyId,
    signature: chooseSignature(signer?.key ?? wanted.key),
  };
}

/** Certificates contain no fractions of a second. */
const wholeSecond = (time: number) => new Date(Math.floor(time / 1000) * 1000);

/**
 * Copies the name of the issuer byte by byte. Both libraries would encode it again, possibly with other string
 * types, and `openssl verify` would not find the issuer.
 */
function withIssuer(toBeSigned: Asn1, issuer: Asn1): Asn1 {
  const parts = [...children(toBeSigned)];
  // version, serialNumber, signature, issuer
  parts[3] = issuer;
  return sequence(...parts);
}

/** SEQUENCE { content, algorithm, signature }: a certificate or a request. */
function signed(content: Asn1, key: KeyObject, { hash, family, oid: id }: Signature): Buffer {
  const signature = sign(hash.replace('-', ''), toDer(content), key);
  // RFC 4055 requires NULL for RSA, RFC 5758 no parameters for EC.
  const algorithm = family === 'rsa' ? sequence(oid(id), nullValue()) : sequence(oid(id));
  return toDer(sequence(content, algorithm, bits(signature)));
}

const emptyCommonName = () => new IotError('invalidInput', l10n.t('The common name is empty. Enter one.'));
