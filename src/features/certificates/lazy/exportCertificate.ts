import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { writeOver } from '../../../certificates/files';
import { abortError } from '../../../core/base/abort';
import { type Services } from '../../../services';
import { askNewPassphrase } from '../../../workbench/newPassphrase';
import { withProgress } from '../../../workbench/progress';
import { back, noBack, pickOne } from '../../../workbench/prompts';
import { resolveCertificate, type ResolvedCertificate, type CertificateNode } from './resolveCertificate';
import { showStatus } from '../../../workbench/statusTexts';

type Needs = Pick<Services, 'hubs' | 'authorities' | 'certificateWork' | 'passphrases'>;
type ExportFormat = 'certificate' | 'chain' | 'pkcs12';

/** Exports a certificate for other programs: PEM, PEM with its chain, or PKCS#12 with the private key. */
export async function exportCertificate(services: Needs, node?: CertificateNode): Promise<void> {
  const certificate = await resolveCertificate(services, node, l10n.t('Export Certificate'));
  const title = l10n.t('Export Certificate {0}', certificate.name);
  const format = noBack(
    await pickOne<ExportFormat>({
      title,
      placeholder: l10n.t('Select an export format'),
      choices: [
        ...(certificate.chain.length > 0
          ? [
              {
                label: l10n.t('PEM chain'),
                description: l10n.t('The certificate and all its issuers'),
                value: 'chain' as const,
              },
            ]
          : []),
        { label: 'PEM', description: l10n.t('The certificate only'), value: 'certificate' },
        ...(certificate.key
          ? [
              {
                label: 'PKCS#12 (.p12)',
                description: l10n.t('With the private key and the chain'),
                value: 'pkcs12' as const,
              },
            ]
          : []),
      ],
    }),
  );
  const bytes = await encodeCertificate(services, certificate, format);
  const extension = format === 'pkcs12' ? 'p12' : 'pem';
  const file = await vscode.window.showSaveDialog({
    title,
    saveLabel: l10n.t('Export'),
    filters: format === 'pkcs12' ? { 'PKCS#12': ['p12', 'pfx'] } : { PEM: ['pem', 'crt'] },
    ...defaultLocation(`${certificate.name.replace(/[^\w.-]+/g, '-')}.${extension}`),
  });
  if (!file) throw abortError();
  // With a private key: readable only for the user.
  if (format === 'pkcs12' && file.scheme === 'file') await writeOver(file.fsPath, bytes);
  else await vscode.workspace.fs.writeFile(file, bytes);
  showStatus('check', l10n.t('{0} exported', certificate.name));
}

function defaultLocation(name: string): { readonly defaultUri?: vscode.Uri } {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : { defaultUri: vscode.Uri.file(name) };
}

async function encodeCertificate(
  { authorities, certificateWork, passphrases }: Needs,
  { name, pem, chain, key }: ResolvedCertificate,
  format: ExportFormat,
): Promise<Uint8Array> {
  if (format !== 'pkcs12' || !key)
    return Buffer.from(format === 'chain' ? [pem, ...chain].join('') : pem, 'utf8');
  const keyPem = await authorities.read(key.file);
  const passphrase = await askFilePassphrase(name);
  return passphrases.use({ keyId: key.file, label: name, isEncrypted: key.isEncrypted }, (keyPassphrase) =>
    withProgress(l10n.t('Exporting {0}', name), (signal) =>
      certificateWork.exportPkcs12(
        {
          certificate: pem,
          chain,
          key: { pem: keyPem, ...(keyPassphrase === undefined ? {} : { passphrase: keyPassphrase }) },
          passphrase,
          friendlyName: name,
        },
        signal,
      ),
    ),
  );
}

async function askFilePassphrase(name: string): Promise<string> {
  const answer = await askNewPassphrase({
    title: l10n.t('Export Certificate {0}', name),
    prompt: l10n.t(
      'Enter a passphrase to protect the exported file, or leave it empty to export the private key unprotected.',
    ),
    unprotected: {
      message: l10n.t('Export the private key of "{0}" without a passphrase?', name),
      detail: l10n.t('Anyone who can read the file can use the key. Only file permissions protect it.'),
    },
  });
  if (answer === back) throw abortError();
  return answer ?? '';
}
