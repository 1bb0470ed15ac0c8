import { type CreatedResources } from './core/azure/createdResources';
import { type AzureAccounts } from './core/azure/accounts';
import { type AzureDirectory } from './core/azure/azureDirectory';
import { type AzureManagement } from './core/azure/resources';
import { type Logger } from './core/base/logger';
import { type AuthorityStore } from './core/certificate/authorityStore';
import { type CertificateWork } from './core/certificate/certificateWork';
import { type HubCertificatesAccess } from './core/certificate/hubCertificates';
import { type KeyPassphrases } from './core/certificate/keyPassphrases';
import { type DeviceRegistries } from './core/device/deviceRegistry';
import { type HubConnection } from './core/hub/hubConnection';
import { type HubDirectory } from './core/hub/hubDirectory';
import { type HubSettingsAccess } from './core/hub/hubSettings';
import { type HubBadges } from './core/hub/hubBadges';
import { type DeviceSessions } from './core/message/deviceSession';
import { type CertificateFiles } from './core/mqtt/mqttSettings';
import { type EventSource } from './core/message/eventSource';
import { type CertificateLists } from './explorer/certificateLists';
import { type DeviceLists } from './explorer/deviceLists';
import { type TreeView } from './explorer/treeView';

/** All that a feature may ask for; each names what it needs by `Pick<Services, …>`. */
export interface Services {
  readonly hubs: HubDirectory;
  readonly badges: HubBadges;
  readonly registries: DeviceRegistries;
  readonly events: EventSource;
  readonly sessions: DeviceSessions;
  readonly devices: DeviceLists;
  readonly certificates: CertificateLists;
  readonly explorer: TreeView;
  readonly caFiles: CaFiles;
  readonly certificateWork: CertificateWork;
  readonly authorities: AuthorityStore;
  /** Files that were picked by hand, by hub and device; as long as the window is open. */
  readonly chosenCertificates: Map<string, CertificateFiles>;
  readonly hubCertificates: HubCertificatesAccess;
  readonly hubSettings: HubSettingsAccess;
  readonly passphrases: KeyPassphrases;
  readonly accounts: AzureAccounts;
  readonly azure: AzureDirectory;
  readonly management: AzureManagement;
  /** Noted down when something is made or deleted, for Clean Up; never fails. */
  readonly createdResources: CreatedResources;
  readonly log: Logger;
  showLog(): void;
}

/** Programs outside VS Code need the authority of a hub as a file. */
export interface CaFiles {
  caFileFor(hub: HubConnection): Promise<string>;
}
