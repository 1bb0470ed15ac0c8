import { type Services } from '../../../services';
import { type CertificateDocuments } from '../certificateDocuments';
import { anyCertificate, type CertificateNode } from './anyCertificate';
import { describeCertificate } from './certificateDocument';

export async function showCertificate(
  services: Pick<Services, 'hubs' | 'authorities'>,
  documents: CertificateDocuments,
  node?: CertificateNode,
): Promise<void> {
  const certificate = await anyCertificate(services, node, 'Show Certificate Details');
  const where = certificate.source.kind === 'hub' ? ` on ${certificate.source.hubName}` : '';
  await documents.open(`${certificate.name}${where}`, describeCertificate(certificate, Date.now()));
}
