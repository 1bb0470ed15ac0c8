import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands, type CommandArgs, type CommandId } from '../../contributions';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
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
  | 'made'
  | 'log'
>;

type CertificateCommand =
  | typeof commands.createAuthority
  | typeof commands.createIntermediateAuthority
  | typeof commands.importAuthority
  | typeof commands.deleteAuthority
  | typeof commands.uploadAndVerifyAuthority
  | typeof commands.uploadCertificate
  | typeof commands.uploadCertificateAsVerified
  | typeof commands.verifyHubCertificate
  | typeof commands.deleteHubCertificate
  | typeof commands.showCertificate
  | typeof commands.copyCertificateThumbprint
  | typeof commands.copyCertificatePem
  | typeof commands.showCertificateInFolder
  | typeof commands.exportCertificate
  | typeof commands.deleteIssuedCertificate
  | typeof commands.forgetPassphrases;

export type CertificateHandlers = {
  readonly [K in CertificateCommand & CommandId]: (...args: CommandArgs[K]) => Promise<void> | void;
};

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
  const lazily =
    <K extends CertificateCommand>(id: K) =>
    async (...args: CommandArgs[K]) => {
      const { certificateHandlers } = await import('./handling/index');
      const handler: (...args: CommandArgs[K]) => Promise<void> | void = certificateHandlers(
        services,
        documents,
      )[id];
      await handler(...args);
    };
  store.add(registerCommand(commands.createAuthority, lazily(commands.createAuthority)));
  store.add(
    registerCommand(commands.createIntermediateAuthority, lazily(commands.createIntermediateAuthority)),
  );
  store.add(registerCommand(commands.importAuthority, lazily(commands.importAuthority)));
  store.add(registerCommand(commands.deleteAuthority, lazily(commands.deleteAuthority)));
  store.add(registerCommand(commands.uploadAndVerifyAuthority, lazily(commands.uploadAndVerifyAuthority)));
  store.add(registerCommand(commands.uploadCertificate, lazily(commands.uploadCertificate)));
  store.add(
    registerCommand(commands.uploadCertificateAsVerified, lazily(commands.uploadCertificateAsVerified)),
  );
  store.add(registerCommand(commands.verifyHubCertificate, lazily(commands.verifyHubCertificate)));
  store.add(registerCommand(commands.deleteHubCertificate, lazily(commands.deleteHubCertificate)));
  store.add(registerCommand(commands.showCertificate, lazily(commands.showCertificate)));
  store.add(registerCommand(commands.copyCertificateThumbprint, lazily(commands.copyCertificateThumbprint)));
  store.add(registerCommand(commands.copyCertificatePem, lazily(commands.copyCertificatePem)));
  store.add(registerCommand(commands.showCertificateInFolder, lazily(commands.showCertificateInFolder)));
  store.add(registerCommand(commands.exportCertificate, lazily(commands.exportCertificate)));
  store.add(registerCommand(commands.deleteIssuedCertificate, lazily(commands.deleteIssuedCertificate)));
  store.add(registerCommand(commands.forgetPassphrases, lazily(commands.forgetPassphrases)));
  return store;
}
