import { commands } from '../../contributions';
import { type Services } from '../../services';
import { type CommandHandlers } from '../../workbench/lazyCommands';

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

export const certificateCommands = [
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
