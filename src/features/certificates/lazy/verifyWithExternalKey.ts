import * as vscode from 'vscode';
import { type HubCertificate, type HubCertificates } from '../../../core/certificate/hubCertificates';
import { opensslProofCommands } from '../../../core/certificate/opensslCommands';
import { uploadProof } from '../../../core/certificate/possessionProof';
import { parseCertificate } from '../../../core/certificate/certificate';
import { type Hub } from '../../../core/hub/hub';
import { type Services } from '../../../services';
import { copy } from '../../../workbench/clipboard';
import { withProgress } from '../../../workbench/progress';
import { noBack, pickOne } from '../../../workbench/prompts';
import { pickFile } from './pickFile';

type Next = 'code' | 'openssl' | 'request' | 'file';

/**
 * The proof for a key that is not on this computer: hands out the code, what is to be signed or how, and takes
 * the certificate that comes back, today or at another time. `undefined` when it did not come yet.
 */
export async function verifyWithExternalKey(
  { certificateWork }: Pick<Services, 'certificateWork'>,
  hub: Hub,
  certificates: HubCertificates,
  certificate: HubCertificate,
): Promise<HubCertificate | undefined> {
  const { name } = certificate;
  const title = `Verify ${name} on ${hub.name}: the private key is elsewhere`;
  const start = noBack(
    await pickOne<'new' | 'file'>({
      title,
      placeholder: 'How far is the proof?',
      choices: [
        {
          label: '$(key) Get a verification code',
          detail: 'A code that was given out before is worth nothing any more then.',
          value: 'new',
        },
        {
          label: '$(file) Upload the verification certificate…',
          detail: 'It was signed for the last code that was given out.',
          value: 'file',
        },
      ],
    }),
  );
  if (start === 'file') return uploadFile(certificates, name);
  const code = await withProgress(`Asking for a verification code for ${name}`, async (signal) => {
    const fresh = await certificates.find(name, signal);
    const answer = await certificates.generateVerificationCode(name, fresh?.etag ?? certificate.etag, signal);
    return answer.code;
  });
  await copy(code, 'Verification code copied');
  for (;;) {
    const next = noBack(
      await pickOne<Next>({
        title,
        placeholder: `The code is ${code}. A certificate with it as common name has to be signed by the authority.`,
        choices: [
          { label: '$(copy) Copy the verification code', description: code, value: 'code' },
          {
            label: '$(terminal) Copy the openssl commands',
            description: 'for who has the key',
            value: 'openssl',
          },
          {
            label: '$(save) Save a certificate request (CSR)…',
            description: 'for an authority that signs requests',
            value: 'request',
          },
          {
            label: '$(file) Upload the verification certificate…',
            description: 'once it is signed',
            value: 'file',
          },
        ],
      }),
    );
    switch (next) {
      case 'code':
        await copy(code, 'Verification code copied');
        break;
      case 'openssl':
        await copy(opensslProofCommands(code), 'openssl commands copied');
        break;
      case 'request':
        await saveRequest(certificateWork, code);
        break;
      case 'file':
        return uploadFile(certificates, name);
    }
  }
}

async function uploadFile(certificates: HubCertificates, name: string): Promise<HubCertificate> {
  const { bytes } = await pickFile('Verification certificate', ['pem', 'crt', 'cer', 'der']);
  const pem = parseCertificate(bytes).toString();
  return withProgress(`Proving possession of ${name}`, (signal) =>
    uploadProof(certificates, name, pem, signal),
  );
}

async function saveRequest(work: Services['certificateWork'], code: string): Promise<void> {
  const file = await vscode.window.showSaveDialog({
    title: 'Certificate request with the verification code',
    filters: { 'Certificate request': ['csr', 'pem'] },
    saveLabel: 'Save Request',
  });
  if (!file) return;
  const { request } = await withProgress('Making the certificate request', (signal) =>
    work.createRequest({ commonName: code, keyType: 'ec-p256' }, signal),
  );
  await vscode.workspace.fs.writeFile(file, Buffer.from(request, 'utf8'));
}
