import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands } from '../../contributions';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
import { registerLazyCommands, type CommandHandlers } from '../../workbench/lazyCommands';
import { ReadOnlyDocuments } from '../../workbench/readOnlyDocuments';

export type CertificateNeeds = Pick<
  Services,
  | 'hubs'
  | 'authorities'
  | 'certificates'
  | 'certificateWork'
  | 'hubCertificates'
  | 'passphrases'
  | 'explorer'
  | 'createdResources'
  | 'log'
>;

const certificateCommands = [
  commands.createAuthority,
  commands.createIntermediateAuthority,
  commands.importAuthority,
  commands.deleteAuthority,
  commands.uploadAndVerifyAuthority,
  commands.uploadCertificate,
  commands.uploadCertificateAsVerified,
  commands.verifyHubCertificate,
  commands.deleteHubCertificate,
  commands.showCertificate,
  commands.copyCertificateThumbprint,
  commands.copyCertificatePem,
  commands.showCertificateInFolder,
  commands.exportCertificate,
  commands.deleteIssuedCertificate,
  commands.forgetPassphrases,
] as const;

export type CertificateHandlers = CommandHandlers<(typeof certificateCommands)[number]>;

/** Authorities of this computer, certificates of hubs, and the proof that joins both: loaded on first use. */
export function registerCertificates(
  services: CertificateNeeds,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const documents = store.add(
    new ReadOnlyDocuments(
      'iot-hub-certificate',
      'This certificate is no longer shown. Open it from the tree again.',
    ),
  );
  store.add(
    registerLazyCommands(registerCommand, certificateCommands, async () => {
      const { certificateHandlers } = await import('./lazy/index');
      return certificateHandlers(services, documents);
    }),
  );
  return store;
}
