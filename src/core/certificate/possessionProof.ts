import { type X509Certificate } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { formatDate, formatDateTime } from '../base/dates';
import { IotError, isIotError } from '../errors';
import { commonNamesOf, readCertificateInfo, isIssuedBy, parseCertificate } from './certificate';
import { type HubCertificate, type HubCertificates } from './hubCertificates';

export type ProofStep = 'upload' | 'code' | 'sign' | 'verify';

export interface ProofProgress {
  readonly signal?: AbortSignal;
  readonly report?: (step: ProofStep) => void;
}

/**
 * Uploads a certificate authority to a hub. If it is already there, under any name, that certificate is returned,
 * so that a second run continues where the first one stopped.
 * @throws IotError `alreadyExists` if a different certificate has the name
 */
export async function ensureUploaded(
  certificates: HubCertificates,
  {
    name,
    pem,
    isVerified = false,
  }: { readonly name: string; readonly pem: string; readonly isVerified?: boolean },
  { signal, report }: ProofProgress = {},
): Promise<HubCertificate> {
  report?.('upload');
  const { sha1, notAfter } = readCertificateInfo(parseCertificate(pem));
  const known = (await certificates.list(signal)).find(({ thumbprint }) => thumbprint === sha1);
  if (known && (known.isVerified || !isVerified)) return known;
  if (known) return certificates.upload(known.name, pem, { isVerified, etag: known.etag }, signal);
  if (notAfter < Date.now()) {
    throw new IotError(
      'invalidInput',
      l10n.t(
        'This certificate authority expired on {0}, so hubs do not accept it. Create a new one.',
        formatDate(notAfter),
      ),
    );
  }
  const { authorityProblem } = await import('./preflight/index');
  const problem = authorityProblem(pem);
  if (problem !== undefined) throw invalid(problem);
  return certificates.upload(name, pem, { isVerified }, signal);
}

/**
 * Proof of possession: a verification code from the hub, and a certificate with that code as CN, signed by the
 * certificate authority. The ETag is read again at every step. If someone else changes the certificate in the
 * meantime, everything is repeated once on the new state, and then fails.
 * @see https://learn.microsoft.com/azure/iot-hub/tutorial-x509-prove-possession
 */
export async function provePossession(
  certificates: HubCertificates,
  name: string,
  sign: (code: string) => Promise<string>,
  progress: ProofProgress = {},
): Promise<HubCertificate> {
  try {
    return await attempt(certificates, name, sign, progress);
  } catch (error) {
    if (!isIotError(error) || error.code !== 'changedMeanwhile') throw error;
    return attempt(certificates, name, sign, progress);
  }
}

async function attempt(
  certificates: HubCertificates,
  name: string,
  sign: (code: string) => Promise<string>,
  { signal, report }: ProofProgress,
): Promise<HubCertificate> {
  const before = await readCurrent(certificates, name, signal);
  if (before.isVerified) return before;
  report?.('code');
  const { code, etag } = await certificates.generateVerificationCode(name, before.etag, signal);
  report?.('sign');
  const proof = await sign(code);
  signal?.throwIfAborted();
  checkProof(proof, before.pem, code);
  report?.('verify');
  const now = await readCurrent(certificates, name, signal);
  // If another code was generated in the meantime, the proof is for the wrong one.
  if (etag !== '' && now.etag !== etag) throw changedMeanwhile(name);
  return submitProof(certificates, name, now.etag, proof, signal);
}

/** Uploads a verification certificate that was created elsewhere, for a code that was generated earlier. */
export async function uploadProof(
  certificates: HubCertificates,
  name: string,
  proof: string,
  signal?: AbortSignal,
): Promise<HubCertificate> {
  const current = await readCurrent(certificates, name, signal);
  if (current.isVerified) return current;
  checkProof(proof, current.pem);
  return submitProof(certificates, name, current.etag, proof, signal);
}

async function submitProof(
  certificates: HubCertificates,
  name: string,
  etag: string,
  proof: string,
  signal?: AbortSignal,
): Promise<HubCertificate> {
  await certificates.verify(name, etag, proof, signal);
  const after = await readCurrent(certificates, name, signal);
  if (after.isVerified) return after;
  throw new IotError(
    'serviceFailed',
    l10n.t(
      'The hub accepted the verification certificate, but "{0}" is still not verified. Try again.',
      name,
    ),
  );
}

/**
 * Checks a verification certificate before it is sent, because the service does not report why it refuses one.
 * @param authority PEM of the certificate on the hub, if the hub returns it
 * @param code absent if it is not known here
 * @throws IotError `invalidInput`
 */
export function checkProof(proof: string, authority: string | undefined, code?: string): void {
  const certificate = parseCertificate(proof);
  const info = readCertificateInfo(certificate);
  const names = commonNamesOf(certificate);
  if (code !== undefined && (names.length !== 1 || names[0] !== code)) {
    throw invalid(
      l10n.t(
        'The common name of the verification certificate must be the verification code {0}, but it is "{1}".',
        code,
        names.join('", "'),
      ),
    );
  }
  const now = Date.now();
  if (info.notAfter < now) {
    throw invalid(l10n.t('The verification certificate has expired. Create a new one.'));
  }
  if (info.notBefore > now) {
    throw invalid(
      l10n.t(
        'The verification certificate is not valid before {0}. Check the clock of the computer that issued it.',
        formatDateTime(info.notBefore),
      ),
    );
  }
  if (authority !== undefined) checkIssuer(certificate, parseCertificate(authority));
}

function checkIssuer(certificate: X509Certificate, authority: X509Certificate): void {
  if (isIssuedBy(certificate, authority)) return;
  const wanted = readCertificateInfo(authority);
  const { issuer } = readCertificateInfo(certificate);
  throw invalid(
    issuer === wanted.subject
      ? l10n.t('The verification certificate is not signed with the key of "{0}".', wanted.subject)
      : l10n.t(
          'The verification certificate was issued by "{0}", not by "{1}", which is on the hub.',
          issuer,
          wanted.subject,
        ),
  );
}

async function readCurrent(
  certificates: HubCertificates,
  name: string,
  signal?: AbortSignal,
): Promise<HubCertificate> {
  const found = await certificates.find(name, signal);
  if (!found) {
    throw new IotError(
      'notFound',
      l10n.t('Certificate "{0}" no longer exists on the hub. Upload it again.', name),
    );
  }
  return found;
}

const changedMeanwhile = (name: string) =>
  new IotError(
    'changedMeanwhile',
    l10n.t('Certificate "{0}" was changed by someone else in the meantime. Refresh and verify again.', name),
  );
const invalid = (sentence: string) => new IotError('invalidInput', sentence);
