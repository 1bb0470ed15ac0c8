import * as l10n from '@vscode/l10n';
import { type Services } from '../../../services';
import { type ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { resolveCertificate, type CertificateNode } from './resolveCertificate';
import { describeCertificate } from './certificateDocument';

export async function showCertificate(
  services: Pick<Services, 'hubs' | 'authorities'>,
  documents: ReadOnlyDocuments,
  node?: CertificateNode,
): Promise<void> {
  const certificate = await resolveCertificate(services, node, l10n.t('Show Certificate Details'));
  const { name, source } = certificate;
  const title = source.kind === 'hub' ? l10n.t('{0} on {1}', name, source.hubName) : name;
  await documents.open(`${title}.txt`, describeCertificate(certificate, Date.now()));
}
