import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type HubCertificate, type HubCertificates } from '../../../core/certificate/hubCertificates';
import { opensslProofCommands } from '../../../core/certificate/opensslCommands';
import { uploadProof } from '../../../core/certificate/possessionProof';
import { type Hub } from '../../../core/hub/hub';
import { type Services } from '../../../services';
import { copy } from '../../../workbench/clipboard';
import { withProgress } from '../../../workbench/progress';
import { noBack, pickOne } from '../../../workbench/prompts';
import { pickCertificate } from './pickFile';

type Next = 'code' | 'openssl' | 'request' | 'file';

/**
 * Proves possession of a key that is not on this computer: provides the verification code and what to sign, and
 * uploads the verification certificate, now or at a later time.
 */
export async function verifyWithExternalKey(
  { certificateWork }: Pick<Services, 'certificateWork'>,
  hub: Hub,
  certificates: HubCertificates,
  certificate: HubCertificate,
): Promise<HubCertificate | undefined> {
  const { name } = certificate;
  const title = l10n.t('Verify {0} on {1} with a key that is stored elsewhere', name, hub.name);
  const start = noBack(
    await pickOne<'new' | 'file'>({
      title,
      placeholder: l10n.t('Select the next verification step'),
      choices: [
        {
          icon: 'key',
          label: l10n.t('Get a verification code'),
          detail: l10n.t('Invalidates any previously generated code.'),
          value: 'new',
        },
        {
          icon: 'file',
          label: l10n.t('Upload the verification certificate…'),
          detail: l10n.t('It must be issued for the most recent code.'),
          value: 'file',
        },
      ],
    }),
  );
  if (start === 'file') return uploadFile(certificateWork, certificates, name);
  const code = await withProgress(l10n.t('Requesting a verification code for {0}', name), async (signal) => {
    const fresh = await certificates.find(name, signal);
    const answer = await certificates.generateVerificationCode(name, fresh?.etag ?? certificate.etag, signal);
    return answer.code;
  });
  await copy(code, l10n.t('Verification code copied'));
  for (;;) {
    const next = noBack(
      await pickOne<Next>({
        title,
        placeholder: l10n.t(
          'Verification code: {0}. The CA must sign a certificate with this code as the common name.',
          code,
        ),
        choices: [
          {
            icon: 'copy',
            label: l10n.t('Copy the verification code'),
            description: code,
            value: 'code',
          },
          {
            icon: 'terminal',
            label: l10n.t('Copy the OpenSSL commands'),
            description: l10n.t('To run where the key is stored'),
            value: 'openssl',
          },
          {
            icon: 'save',
            label: l10n.t('Save a certificate signing request (CSR)…'),
            description: l10n.t('For a CA that signs requests'),
            value: 'request',
          },
          {
            icon: 'file',
            label: l10n.t('Upload the verification certificate…'),
            description: l10n.t('After it is signed'),
            value: 'file',
          },
        ],
      }),
    );
    switch (next) {
      case 'code':
        await copy(code, l10n.t('Verification code copied'));
        break;
      case 'openssl':
        await copy(opensslProofCommands(code), l10n.t('OpenSSL commands copied'));
        break;
      case 'request':
        await saveRequest(certificateWork, code);
        break;
      case 'file':
        return uploadFile(certificateWork, certificates, name);
    }
  }
}

async function uploadFile(
  work: Services['certificateWork'],
  certificates: HubCertificates,
  name: string,
): Promise<HubCertificate> {
  const { pem } = await pickCertificate(work, l10n.t('Select the Verification Certificate'));
  return withProgress(l10n.t('Verifying {0}', name), (signal) =>
    uploadProof(certificates, name, pem, signal),
  );
}

async function saveRequest(work: Services['certificateWork'], code: string): Promise<void> {
  const file = await vscode.window.showSaveDialog({
    title: l10n.t('Save Certificate Signing Request'),
    filters: { [l10n.t('Certificate signing request')]: ['csr', 'pem'] },
    saveLabel: l10n.t('Save'),
  });
  if (!file) return;
  const { request } = await withProgress(l10n.t('Creating the certificate signing request'), (signal) =>
    work.createRequest({ commonName: code, keyType: 'ec-p256' }, signal),
  );
  await vscode.workspace.fs.writeFile(file, Buffer.from(request, 'utf8'));
}
