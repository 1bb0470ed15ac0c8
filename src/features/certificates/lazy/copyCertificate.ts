import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { IotError } from '../../../core/errors';
import { type NodeOf } from '../../../explorer/nodes';
import { type Services } from '../../../services';
import { copy } from '../../../workbench/clipboard';
import { noBack, pickOne } from '../../../workbench/prompts';
import { resolveCertificate, infoOf, type CertificateNode } from './resolveCertificate';

type Needs = Pick<Services, 'hubs' | 'authorities'>;

export async function copyCertificateThumbprint(services: Needs, node?: CertificateNode): Promise<void> {
  const title = l10n.t('Copy Certificate Thumbprint');
  const { sha256, sha1, name } = await thumbprints(services, node, title);
  const chosen = noBack(
    await pickOne({
      title,
      placeholder: l10n.t('Select a hash algorithm'),
      choices: [
        ...(sha256 ? [{ label: 'SHA-256', detail: sha256, value: sha256 }] : []),
        { label: 'SHA-1', detail: sha1, value: sha1 },
      ],
    }),
  );
  await copy(chosen, l10n.t('Thumbprint for {0} copied', name));
}

/** A hub returns the SHA-1 thumbprint even when it does not return the certificate. */
async function thumbprints(services: Needs, node: CertificateNode | undefined, title: string) {
  if (node?.kind === 'hubCertificate') {
    const { name, thumbprint, sha256 } = node.certificate;
    return { name, sha1: thumbprint, sha256 };
  }
  const certificate = await resolveCertificate(services, node, title);
  const { sha1, sha256 } = infoOf(certificate);
  return { name: certificate.name, sha1, sha256 };
}

export async function copyCertificatePem(services: Needs, node?: CertificateNode): Promise<void> {
  const certificate = await resolveCertificate(services, node, l10n.t('Copy Certificate PEM'));
  await copy(certificate.pem, l10n.t('PEM certificate for {0} copied', certificate.name));
}

export async function showCertificateInFolder(
  services: Needs,
  node?: NodeOf<'authority' | 'issuedCertificate'>,
): Promise<void> {
  const { file } = await resolveCertificate(services, node, l10n.t('Show Certificate in Folder'));
  if (file === undefined) {
    throw new IotError('unsupported', l10n.t('This certificate is not stored on this computer.'));
  }
  if (vscode.env.uiKind === vscode.UIKind.Web) {
    throw new IotError(
      'unsupported',
      l10n.t('Only desktop VS Code can show a folder. The certificate is in {0}.', file),
    );
  }
  await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(file));
}
