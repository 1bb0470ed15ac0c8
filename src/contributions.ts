import { type Uri } from 'vscode';
import { type KeyType } from './core/certificate/keyType';
import { type Node, type NodeOf } from './explorer/nodes';

/** What package.json knows by name. `test/architecture/contributions.test.ts` holds both together. */
export const commands = {
  addHub: 'iotHubWorkbench.addHub',
  renameHub: 'iotHubWorkbench.renameHub',
  removeHub: 'iotHubWorkbench.removeHub',
  refresh: 'iotHubWorkbench.refresh',
  generateHubSasToken: 'iotHubWorkbench.generateHubSasToken',
  goToDevice: 'iotHubWorkbench.goToDevice',
  loadMore: 'iotHubWorkbench.loadMore',
  registerDevice: 'iotHubWorkbench.registerDevice',
  copyDeviceId: 'iotHubWorkbench.copyDeviceId',
  copyDeviceConnectionString: 'iotHubWorkbench.copyDeviceConnectionString',
  generateDeviceSasToken: 'iotHubWorkbench.generateDeviceSasToken',
  enableDevice: 'iotHubWorkbench.enableDevice',
  disableDevice: 'iotHubWorkbench.disableDevice',
  deleteDevice: 'iotHubWorkbench.deleteDevice',
  publishMessage: 'iotHubWorkbench.publishMessage',
  openMessageFile: 'iotHubWorkbench.openMessageFile',
  sendMessageFile: 'iotHubWorkbench.sendMessageFile',
  sendMessageFileTo: 'iotHubWorkbench.sendMessageFileTo',
  openRecentMessageFile: 'iotHubWorkbench.openRecentMessageFile',
  copyMosquittoPubCommand: 'iotHubWorkbench.copyMosquittoPubCommand',
  startMonitoring: 'iotHubWorkbench.startMonitoring',
  stopMonitoring: 'iotHubWorkbench.stopMonitoring',
  startMonitoringFrom: 'iotHubWorkbench.startMonitoringFrom',
  filterMessages: 'iotHubWorkbench.filterMessages',
  monitorDevice: 'iotHubWorkbench.monitorDevice',
  whyNoMessages: 'iotHubWorkbench.whyNoMessages',
  toggleMessageProperties: 'iotHubWorkbench.toggleMessageProperties',
  showLog: 'iotHubWorkbench.showLog',
  startLocalHub: 'iotHubWorkbench.startLocalHub',
  stopLocalHub: 'iotHubWorkbench.stopLocalHub',
  restartLocalHub: 'iotHubWorkbench.restartLocalHub',
  resetLocalHub: 'iotHubWorkbench.resetLocalHub',
  showLocalHubLog: 'iotHubWorkbench.showLocalHubLog',
  localHubMenu: 'iotHubWorkbench.localHubMenu',
  copyLocalHubServiceConnectionString: 'iotHubWorkbench.copyLocalHubServiceConnectionString',
  copyLocalHubEventHubsConnectionString: 'iotHubWorkbench.copyLocalHubEventHubsConnectionString',
  copyLocalHubWorkbenchConnectionString: 'iotHubWorkbench.copyLocalHubWorkbenchConnectionString',
  copyLocalHubCaPath: 'iotHubWorkbench.copyLocalHubCaPath',
  createAuthority: 'iotHubWorkbench.createAuthority',
  createIntermediateAuthority: 'iotHubWorkbench.createIntermediateAuthority',
  importAuthority: 'iotHubWorkbench.importAuthority',
  deleteAuthority: 'iotHubWorkbench.deleteAuthority',
  uploadAndVerifyAuthority: 'iotHubWorkbench.uploadAndVerifyAuthority',
  uploadCertificate: 'iotHubWorkbench.uploadCertificate',
  uploadCertificateAsVerified: 'iotHubWorkbench.uploadCertificateAsVerified',
  verifyHubCertificate: 'iotHubWorkbench.verifyHubCertificate',
  deleteHubCertificate: 'iotHubWorkbench.deleteHubCertificate',
  showCertificate: 'iotHubWorkbench.showCertificate',
  copyCertificateThumbprint: 'iotHubWorkbench.copyCertificateThumbprint',
  copyCertificatePem: 'iotHubWorkbench.copyCertificatePem',
  showCertificateInFolder: 'iotHubWorkbench.showCertificateInFolder',
  exportCertificate: 'iotHubWorkbench.exportCertificate',
  deleteIssuedCertificate: 'iotHubWorkbench.deleteIssuedCertificate',
  forgetPassphrases: 'iotHubWorkbench.forgetPassphrases',
  createX509Device: 'iotHubWorkbench.createX509Device',
  createX509Devices: 'iotHubWorkbench.createX509Devices',
  issueDeviceCertificate: 'iotHubWorkbench.issueDeviceCertificate',
  renewDeviceCertificate: 'iotHubWorkbench.renewDeviceCertificate',
  checkDeviceCertificate: 'iotHubWorkbench.checkDeviceCertificate',
  copyMqttSettings: 'iotHubWorkbench.copyMqttSettings',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

type OnHub = [node?: Node];
type OnDevice = [node?: NodeOf<'device'>];
/** The tree hands over the node that was clicked and all that are selected. */
type OnAuthority = [node?: NodeOf<'authority'>];
type OnHubCertificate = [node?: NodeOf<'hubCertificate'>];
type OnIssuedCertificate = [node?: NodeOf<'issuedCertificate'>];
type OnCertificate = [node?: NodeOf<'authority' | 'issuedCertificate' | 'hubCertificate'>];
type OnFile = [uri?: Uri];
type OnDevices = [node?: NodeOf<'device'>, selection?: readonly Node[]];

/** What each command is called with; all of it may be missing, since the palette gives nothing. */
export interface CommandArgs {
  [commands.addHub]: [];
  [commands.renameHub]: OnHub;
  [commands.removeHub]: OnHub;
  [commands.refresh]: [node?: Node];
  [commands.generateHubSasToken]: OnHub;
  [commands.goToDevice]: OnHub;
  [commands.loadMore]: [node?: NodeOf<'loadMore'>];
  [commands.registerDevice]: OnHub;
  [commands.copyDeviceId]: OnDevice;
  [commands.copyDeviceConnectionString]: OnDevice;
  [commands.generateDeviceSasToken]: OnDevice;
  [commands.enableDevice]: OnDevices;
  [commands.disableDevice]: OnDevices;
  [commands.deleteDevice]: OnDevices;
  [commands.publishMessage]: OnDevices;
  [commands.openMessageFile]: OnFile;
  [commands.sendMessageFile]: OnFile;
  [commands.sendMessageFileTo]: OnFile;
  [commands.openRecentMessageFile]: [];
  [commands.copyMosquittoPubCommand]: OnDevice;
  [commands.startMonitoring]: OnHub;
  [commands.stopMonitoring]: OnHub;
  [commands.startMonitoringFrom]: OnHub;
  [commands.filterMessages]: OnHub;
  [commands.monitorDevice]: OnDevice;
  [commands.whyNoMessages]: OnHub;
  [commands.toggleMessageProperties]: [];
  [commands.showLog]: [];
  [commands.startLocalHub]: [];
  [commands.stopLocalHub]: [];
  [commands.restartLocalHub]: [];
  [commands.resetLocalHub]: [];
  [commands.showLocalHubLog]: [];
  [commands.localHubMenu]: [];
  [commands.copyLocalHubServiceConnectionString]: [];
  [commands.copyLocalHubEventHubsConnectionString]: [];
  [commands.copyLocalHubWorkbenchConnectionString]: [];
  [commands.copyLocalHubCaPath]: [];
  [commands.createAuthority]: [];
  [commands.createIntermediateAuthority]: OnAuthority;
  [commands.importAuthority]: [];
  [commands.deleteAuthority]: OnAuthority;
  [commands.uploadAndVerifyAuthority]: [node?: Node];
  [commands.uploadCertificate]: [node?: Node];
  [commands.uploadCertificateAsVerified]: [node?: Node];
  [commands.verifyHubCertificate]: OnHubCertificate;
  [commands.deleteHubCertificate]: OnHubCertificate;
  [commands.showCertificate]: OnCertificate;
  [commands.copyCertificateThumbprint]: OnCertificate;
  [commands.copyCertificatePem]: OnCertificate;
  [commands.showCertificateInFolder]: [node?: NodeOf<'authority' | 'issuedCertificate'>];
  [commands.exportCertificate]: OnCertificate;
  [commands.deleteIssuedCertificate]: OnIssuedCertificate;
  [commands.forgetPassphrases]: [];
  [commands.createX509Device]: OnHub;
  [commands.createX509Devices]: OnHub;
  [commands.issueDeviceCertificate]: OnDevices;
  [commands.renewDeviceCertificate]: OnDevices;
  [commands.checkDeviceCertificate]: OnDevice;
  [commands.copyMqttSettings]: OnDevice;
}

export const views = { explorer: 'iotHubWorkbench.explorer' } as const;

export const contextKeys = {
  isLocalHubRunning: 'iotHubWorkbench.isLocalHubRunning',
  isMonitoring: 'iotHubWorkbench.isMonitoring',
} as const;

export type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];

/** Setting ids without the prefix, with the type of their value. */
export interface Settings {
  'devices.pageSize': number;
  'sas.deviceTokenSeconds': number;
  'sas.hubTokenSeconds': number;
  'monitor.consumerGroup': string;
  'monitor.startFrom': 'now' | 'last5Minutes' | 'last15Minutes' | 'lastHour' | 'earliest';
  'monitor.showProperties': boolean;
  'monitor.format': 'pretty' | 'oneLine';
  'monitor.timeZone': 'utc' | 'local';
  /** Absolute; empty for the extension's own folder. */
  'certificates.folder': string;
  'certificates.authorityDays': number;
  'certificates.deviceDays': number;
  'certificates.deviceKeyType': KeyType;
  'localHub.autoStart': boolean;
  'localHub.sampleDevices': boolean;
  'localHub.mqttPort': number;
  'localHub.httpsPort': number;
  'localHub.amqpPort': number;
  'localHub.amqpPlainPort': number;
  'localHub.dailyQuota': number;
}

export const settingsPrefix = 'iotHubWorkbench';
