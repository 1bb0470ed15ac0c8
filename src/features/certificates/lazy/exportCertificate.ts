import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { type Services } from '../../../services';
import { askNewPassphrase } from '../../../workbench/newPassphrase';
import { withProgress } from '../../../workbench/progress';
import { back, noBack, pickOne } from '../../../workbench/prompts';
import { resolveCertificate, type ResolvedCertificate, type CertificateNode } from './resolveCertificate';

type Needs = Pick<Services, 'hubs' | 'authorities' | 'certificateWork' | 'passphrases'>;
type ExportFormat = 'certificate' | 'chain' | 'pkcs12';

/** As a file for other programs: PEM, PEM with its chain, or PKCS#12 with the private key. */
export async function exportCertificate(services: Needs, node?: CertificateNode): Promise<void> {
  const title = 'Export Certificate';
  const certificate = await resolveCertificate(services, node, title);
  const form = noBack(
    await pickOne<ExportFormat>({
      title: `${title} ${certificate.name}`,
      placeholder: 'In which form?',
      choices: [
        ...(certificate.chain.length > 0
          ? [
              {
                label: 'PEM chain',
                description: 'the certificate and all its issuers',
                value: 'chain' as const,
              },
            ]
          : []),
        { label: 'PEM', description: 'the certificate alone', value: 'certificate' },
        ...(certificate.key
          ? [
              {
                label: 'PKCS#12 (.p12)',
                description: 'with the private key and the chain, protected by a passphrase',
                value: 'pkcs12' as const,
              },
            ]
          : []),
      ],
    }),
  );
  const bytes = await render(services, certificate, form);
  const extension = form === 'pkcs12' ? 'p12' : 'pem';
  const file = await vscode.window.showSaveDialog({
    title: `${title} ${certificate.name}`,
    saveLabel: 'Export',
    filters: form === 'pkcs12' ? { 'PKCS#12': ['p12', 'pfx'] } : { PEM: ['pem', 'crt'] },
    ...defaultLocation(`${certificate.name.replace(/[^\w.-]+/g, '-')}.${extension}`),
  });
  if (!file) throw abortError();
  await vscode.workspace.fs.writeFile(file, bytes);
  vscode.window.setStatusBarMessage(`$(check) ${certificate.name} exported`, 5_000);
}

function defaultLocation(name: string): { readonly defaultUri?: vscode.Uri } {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : { defaultUri: vscode.Uri.file(name) };
}

async function render(
  { authorities, certificateWork, passphrases }: Needs,
  { name, pem, chain, key }: ResolvedCertificate,
  form: ExportFormat,
): Promise<Uint8Array> {
  if (form !== 'pkcs12' || !key)
    return Buffer.from(form === 'chain' ? [pem, ...chain].join('') : pem, 'utf8');
  const keyPem = await authorities.read(key.file);
  const passphrase = await askFilePassphrase(name);
  return passphrases.use({ keyId: key.file, label: name, isEncrypted: key.isEncrypted }, (keyPassphrase) =>
    withProgress(`Exporting ${name}`, (signal) =>
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
    title: `Export Certificate ${name}`,
    of: 'the exported file',
    withoutIt: 'Whoever reads the file has the private key.',
  });
  if (answer === back) throw abortError();
  return answer ?? '';
}
