import { type X509Certificate } from 'node:crypto';
import { formatDate, formatDateTime } from '../base/dates';
import { IotError, isIotError } from '../errors';
import { readCertificateInfo, isIssuedBy, parseCertificate } from './certificate';
import { type HubCertificate, type HubCertificates } from './hubCertificates';

export type ProofStep = 'upload' | 'code' | 'sign' | 'verify';

export interface ProofProgress {
  readonly signal?: AbortSignal;
  readonly report?: (step: ProofStep) => void;
}

/**
 * Puts an authority on a hub; when it is there already, under any name, that one is handed out: so a second
 * run goes on where the first one stopped.
 * @throws IotError `alreadyExists` when another certificate has the name.
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
      `This authority expired on ${formatDate(notAfter)}, so no hub accepts it. Create a new one.`,
    );
  }
  return certificates.upload(name, pem, { isVerified }, signal);
}

/**
 * Proof of possession: a code of the hub, a certificate with that code as CN, signed by the authority. The
 * ETag is read again at every step; when somebody else changed the certificate meanwhile, all is done once
 * more on the fresh state, and then told.
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
  // Another code may have been made meanwhile; the proof would be for the wrong one.
  if (etag !== '' && now.etag !== etag) throw changedMeanwhile(name);
  return submitProof(certificates, name, now.etag, proof, signal);
}

/** For a proof that was made elsewhere, for a code that was given out before. */
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
    `The hub took the proof, but "${name}" is still not verified. Try again.`,
  );
}

/**
 * The service only says that a proof is wrong; here it says why, before it is sent.
 * @param authority PEM of what the hub has, when it hands it out.
 * @param code absent when only the one who made the proof knows it.
 * @throws IotError `invalidInput`
 */
export function checkProof(proof: string, authority: string | undefined, code?: string): void {
  const certificate = parseCertificate(proof);
  const info = readCertificateInfo(certificate);
  if (code !== undefined && info.commonName !== code) {
    throw invalid(
      `The common name of the verification certificate should be the code ${code}, but it is "${info.commonName}".`,
    );
  }
  const now = Date.now();
  if (info.notAfter < now) throw invalid('The verification certificate has expired. Make a new one.');
  if (info.notBefore > now) {
    throw invalid(
      `The verification certificate is not valid before ${formatDateTime(info.notBefore)}. Check the clock where it was made.`,
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
      ? `The verification certificate is signed with another key than that of "${wanted.subject}".`
      : `The verification certificate is issued by "${issuer}", not by "${wanted.subject}", which is on the hub.`,
  );
}

async function readCurrent(
  certificates: HubCertificates,
  name: string,
  signal?: AbortSignal,
): Promise<HubCertificate> {
  const found = await certificates.find(name, signal);
  if (!found) {
    throw new IotError('notFound', `Certificate "${name}" is not on the hub any more. Upload it again.`);
  }
  return found;
}

const changedMeanwhile = (name: string) =>
  new IotError(
    'changedMeanwhile',
    `Certificate "${name}" was changed by someone else meanwhile. Refresh and verify again.`,
  );
const invalid = (sentence: string) => new IotError('invalidInput', sentence);
