import { type Services } from '../../../services';
import { type ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { resolveCertificate, type CertificateNode } from './resolveCertificate';
import { describeCertificate } from './certificateDocument';

export async function showCertificate(
  services: Pick<Services, 'hubs' | 'authorities'>,
  documents: ReadOnlyDocuments,
  node?: CertificateNode,
): Promise<void> {
  const certificate = await resolveCertificate(services, node, 'Show Certificate Details');
  const where = certificate.source.kind === 'hub' ? ` on ${certificate.source.hubName}` : '';
  await documents.open(`${certificate.name}${where}.txt`, describeCertificate(certificate, Date.now()));
}
