// First: everything below may hold texts.
import './localization';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  ArmCertificates,
  ArmSettings,
  AzureDeviceRegistries,
  azureEvents,
  mqttSessions,
  openAzureManagement,
} from './azure/azureServices';
import { AuthorityFolders } from './certificates/authorityFolders';
import { CertificateWorkers } from './certificates/workers/certificateWorkers';
import { setDisplayLocale } from './core/base/displayLocale';
import { DisposableStore } from './core/base/disposable';
import { LeastPrivilegeRegistries } from './core/device/leastPrivilegeRegistries';
import { HubDirectory } from './core/hub/hubDirectory';
import { HubBadges } from './core/hub/hubBadges';
import { commands } from './contributions';
import { CertificateLists } from './explorer/certificateLists';
import { DeviceLists } from './explorer/deviceLists';
import { Explorer } from './explorer/explorer';
import { registerExplorerCommands } from './explorer/explorerCommands';
import { openAzureAccess } from './features/azure/azureAccess';
import { registerAzure } from './features/azure/azureFeature';
import { registerCertificates } from './features/certificates/certificatesFeature';
import { registerCleanUp } from './features/cleanUp/cleanUpFeature';
import { registerCreateHub } from './features/createHub/createHubFeature';
import { registerDeviceCertificates } from './features/deviceCertificates/deviceCertificatesFeature';
import { registerDevices } from './features/devices/devicesFeature';
import { registerHubOverview } from './features/hubOverview/hubOverviewFeature';
import { registerHubs } from './features/hubs/hubsFeature';
import { registerLocalHub } from './features/localHub/localHubFeature';
import { registerMessages } from './features/messages/messagesFeature';
import { registerMonitor } from './features/monitor/monitorFeature';
import { registerPublish } from './features/publish/publishFeature';
import { type Services } from './services';
import { AzureWaits } from './workbench/azureWaits';
import { clearCopiedSecret } from './workbench/clipboard';
import { GlobalCaFiles } from './workbench/caFiles';
import { commandRegistrar } from './workbench/commands';
import { MaskedLog } from './workbench/log';
import { CreatedResourceStore } from './workbench/createdResourceStore';
import { SecretPassphrases } from './workbench/passphrases';
import { machineId } from './workbench/machineId';
import { setting } from './workbench/settings';

/** The one place that knows every part. */
export function activate(context: vscode.ExtensionContext): void {
  const started = performance.now();
  setDisplayLocale(vscode.env.language);
  const store = new DisposableStore();
  context.subscriptions.push(store);

  const log = store.add(new MaskedLog('IoT Hub Workbench'));
  const registerCommand = commandRegistrar(log);
  const hubs = store.add(new HubDirectory());
  const badges = new HubBadges();
  // Its management takes no key of the hub.
  const addressOf = (hubId: string, signal?: AbortSignal) => hubs.connection(hubId, [], signal);
  const waits = store.add(new AzureWaits());
  const watchers = { log, showWait: waits.show };
  const access = store.add(
    openAzureAccess(context.globalState, log, (accounts) => openAzureManagement(accounts, watchers)),
  );
  const { accounts, azure, management } = access;
  const registries = new LeastPrivilegeRegistries(
    (rights) =>
      store.add(new AzureDeviceRegistries((hubId, signal) => hubs.connection(hubId, rights, signal))),
    (hubId) => access.hubs.forgetKeys(hubId),
  );
  const hubCertificates = new ArmCertificates(addressOf, watchers);
  const certificates = new CertificateLists(hubCertificates, log);
  const storage = context.globalStorageUri.fsPath;
  const authorities = new AuthorityFolders({
    defaultFolder: () => setting('certificates.folder') || path.join(storage, 'certificates'),
    registryFile: path.join(storage, 'certificateFolders.json'),
    onProblem: (text) => log.warn(text),
  });
  const devices = new DeviceLists(registries, () => setting('devices.pageSize'), log);
  const explorer = store.add(
    new Explorer({ hubs, badges, devices, certificates, authorities, azure, accounts }),
  );
  const caFiles = new GlobalCaFiles(context.globalStorageUri, async () =>
    (await import('./azure/publicRoots')).azureRootsPem(),
  );
  const services: Services = {
    hubs,
    badges,
    registries,
    events: azureEvents,
    sessions: mqttSessions,
    devices,
    certificates,
    explorer,
    caFiles,
    certificateWork: store.add(
      new CertificateWorkers(path.join(__dirname, 'certificateWorker.js'), {
        translations: vscode.l10n.bundle,
        locale: vscode.env.language,
      }),
    ),
    authorities,
    chosenCertificates: new Map(),
    hubCertificates,
    hubSettings: new ArmSettings(addressOf, watchers),
    passphrases: new SecretPassphrases(context.secrets, context.globalState),
    createdResources: store.add(
      new CreatedResourceStore({
        state: context.globalState,
        machineId: machineId(storage, log),
        isFromThisComputer: (resource) =>
          !('hubId' in resource)
            ? resource.kind === 'authority'
            : hubs.find(resource.hubId)?.kind === 'local',
        log,
      }),
    ),
    accounts,
    azure,
    management,
    log,
    showLog: () => log.show(),
  };

  store.add(registerCommand(commands.showLog, () => log.show()));
  store.add(registerExplorerCommands(services, registerCommand));
  store.add(registerLocalHub(services, context, registerCommand));
  store.add(registerHubs(services, context, registerCommand));
  store.add(registerAzure(services, access.hubs, registerCommand));
  store.add(registerCreateHub(services, context, registerCommand));
  store.add(registerCleanUp(services, registerCommand));
  store.add(registerHubOverview(services, context, registerCommand));
  store.add(registerDevices(services, registerCommand));
  store.add(registerCertificates(services, registerCommand));
  store.add(registerDeviceCertificates(services, registerCommand));
  store.add(registerMessages(services, registerCommand));
  store.add(registerPublish(services, context, registerCommand));
  store.add(registerMonitor(services, context, registerCommand));
  log.info(`Activated in ${(performance.now() - started).toFixed(1)} ms.`);
}

/** VS Code waits for it. */
export const deactivate = (): Promise<void> => clearCopiedSecret();
