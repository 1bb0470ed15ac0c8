import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands } from '../../contributions';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
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
import { CertificateDocuments, showCertificate } from './showCertificate';
import { uploadCertificate, uploadCertificateAsVerified } from './uploadCertificate';
import { uploadAndVerifyAuthority, verifyHubCertificate } from './verifyCertificate';

/** Authorities of this computer, certificates of hubs, and the proof that joins both. */
export function registerCertificates(
  services: Pick<
    Services,
    | 'hubs'
    | 'authorities'
    | 'certificates'
    | 'certificateWork'
    | 'hubCertificates'
    | 'passphrases'
    | 'explorer'
    | 'log'
  >,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const documents = store.add(new CertificateDocuments());
  store.add(registerCommand(commands.createAuthority, () => createAuthority(services)));
  store.add(
    registerCommand(commands.createIntermediateAuthority, (node) =>
      createIntermediateAuthority(services, node),
    ),
  );
  store.add(registerCommand(commands.importAuthority, () => importAuthority(services)));
  store.add(registerCommand(commands.deleteAuthority, (node) => deleteAuthority(services, node)));
  store.add(
    registerCommand(commands.uploadAndVerifyAuthority, (node) => uploadAndVerifyAuthority(services, node)),
  );
  store.add(registerCommand(commands.uploadCertificate, (node) => uploadCertificate(services, node)));
  store.add(
    registerCommand(commands.uploadCertificateAsVerified, (node) =>
      uploadCertificateAsVerified(services, node),
    ),
  );
  store.add(registerCommand(commands.verifyHubCertificate, (node) => verifyHubCertificate(services, node)));
  store.add(registerCommand(commands.deleteHubCertificate, (node) => deleteHubCertificate(services, node)));
  store.add(registerCommand(commands.showCertificate, (node) => showCertificate(services, documents, node)));
  store.add(
    registerCommand(commands.copyCertificateThumbprint, (node) => copyCertificateThumbprint(services, node)),
  );
  store.add(registerCommand(commands.copyCertificatePem, (node) => copyCertificatePem(services, node)));
  store.add(
    registerCommand(commands.showCertificateInFolder, (node) => showCertificateInFolder(services, node)),
  );
  store.add(registerCommand(commands.exportCertificate, (node) => exportCertificate(services, node)));
  store.add(
    registerCommand(commands.deleteIssuedCertificate, (node) => deleteIssuedCertificate(services, node)),
  );
  store.add(registerCommand(commands.forgetPassphrases, () => forgetPassphrases(services)));
  return store;
}
