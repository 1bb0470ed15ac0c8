import { commands } from '../../../contributions';
import { type ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { type CertificateHandlers, type CertificateNeeds } from '../needs';
import { copyCertificatePem, copyCertificateThumbprint, showCertificateInFolder } from './copyCertificate';
import { createAuthority, createIntermediateAuthority } from './createAuthority';
import {
  deleteAuthority,
  deleteHubCertificate,
  deleteIssuedCertificate,
  forgetPassphrases,
} from './deleteCertificates';
import { exportCertificate } from './exportCertificate';
import { importAuthority } from './importAuthority';
import { showCertificate } from './showCertificate';
import { uploadCertificate, uploadCertificateAsVerified } from './uploadCertificate';
import { uploadAndVerifyAuthority, verifyHubCertificate } from './verifyCertificate';

export const certificateHandlers = (
  services: CertificateNeeds,
  documents: ReadOnlyDocuments,
): CertificateHandlers => ({
  [commands.createAuthority]: () => createAuthority(services),
  [commands.createIntermediateAuthority]: (node) => createIntermediateAuthority(services, node),
  [commands.importAuthority]: () => importAuthority(services),
  [commands.deleteAuthority]: (node) => deleteAuthority(services, node),
  [commands.uploadAndVerifyAuthority]: (node) => uploadAndVerifyAuthority(services, node),
  [commands.uploadCertificate]: (node) => uploadCertificate(services, node),
  [commands.uploadCertificateAsVerified]: (node) => uploadCertificateAsVerified(services, node),
  [commands.verifyHubCertificate]: (node) => verifyHubCertificate(services, node),
  [commands.deleteHubCertificate]: (node) => deleteHubCertificate(services, node),
  [commands.showCertificate]: (node) => showCertificate(services, documents, node),
  [commands.copyCertificateThumbprint]: (node) => copyCertificateThumbprint(services, node),
  [commands.copyCertificatePem]: (node) => copyCertificatePem(services, node),
  [commands.showCertificateInFolder]: (node) => showCertificateInFolder(services, node),
  [commands.exportCertificate]: (node) => exportCertificate(services, node),
  [commands.deleteIssuedCertificate]: (node) => deleteIssuedCertificate(services, node),
  [commands.forgetPassphrases]: () => forgetPassphrases(services),
});
