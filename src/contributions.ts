import { type Uri } from 'vscode';
import { type KeyType } from './core/certificate/keyType';
import { type Node, type NodeOf } from './explorer/nodes';

/** What package.json knows by name. `test/architecture/contributions.test.ts` holds both together. */
export const commands = {
  addHub: 'iotHubWorkbench.addHub',
  renameHub: 'iotHubWorkbench.renameHub',
  removeHub: 'iotHubWorkbench.removeHub',
  signIn: 'iotHubWorkbench.signIn',
  signInToTenant: 'iotHubWorkbench.signInToTenant',
  chooseSubscriptions: 'iotHubWorkbench.chooseSubscriptions',
  createHub: 'iotHubWorkbench.createHub',
  showHubOverview: 'iotHubWorkbench.showHubOverview',
  openInPortal: 'iotHubWorkbench.openInPortal',
  copyHubConnectionString: 'iotHubWorkbench.copyHubConnectionString',
  copyRoleAssignmentCommand: 'iotHubWorkbench.copyRoleAssignmentCommand',
  deleteHub: 'iotHubWorkbench.deleteHub',
  cleanUp: 'iotHubWorkbench.cleanUp',
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
  monitorMenu: 'iotHubWorkbench.monitorMenu',
  chooseConsumerGroup: 'iotHubWorkbench.chooseConsumerGroup',
  deleteConsumerGroup: 'iotHubWorkbench.deleteConsumerGroup',
  openEventsView: 'iotHubWorkbench.openEventsView',
  startRecording: 'iotHubWorkbench.startRecording',
  stopRecording: 'iotHubWorkbench.stopRecording',
  openRecording: 'iotHubWorkbench.openRecording',
  replayRecording: 'iotHubWorkbench.replayRecording',
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
  [commands.signIn]: [];
  /** The tenant whose subscriptions could not be read; the person picks one when it is missing. */
  [commands.signInToTenant]: [node?: Node];
  [commands.chooseSubscriptions]: [node?: Node];
  [commands.createHub]: [node?: Node];
  [commands.showHubOverview]: OnHub;
  [commands.openInPortal]: [node?: Node];
  [commands.copyHubConnectionString]: OnHub;
  /** A message that names the missing role gives its name; the tree, what is selected. */
  [commands.copyRoleAssignmentCommand]: [node?: Node, role?: unknown];
  [commands.deleteHub]: OnHub;
  [commands.cleanUp]: [node?: Node];
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
  /** A hub, or devices of one. */
  [commands.startMonitoringFrom]: [node?: Node, selection?: readonly Node[]];
  [commands.filterMessages]: OnHub;
  [commands.monitorDevice]: OnDevices;
  [commands.whyNoMessages]: OnHub;
  /** The id of a monitor. */
  [commands.monitorMenu]: [monitorId?: string];
  [commands.chooseConsumerGroup]: OnHub;
  [commands.deleteConsumerGroup]: OnHub;
  [commands.openEventsView]: OnHub;
  [commands.startRecording]: OnHub;
  [commands.stopRecording]: OnHub;
  [commands.openRecording]: OnFile;
  [commands.replayRecording]: OnFile;
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

/** Types of the webview panels; each has its activation event `onWebviewPanel:…`. */
export const webviews = {
  publish: 'iotHubWorkbench.publish',
  events: 'iotHubWorkbench.events',
  hubOverview: 'iotHubWorkbench.hubOverview',
} as const;

export const views = { explorer: 'iotHubWorkbench.explorer' } as const;

export const contextKeys = {
  isLocalHubRunning: 'iotHubWorkbench.isLocalHubRunning',
  isMonitoring: 'iotHubWorkbench.isMonitoring',
  isRecording: 'iotHubWorkbench.isRecording',
  isSignedIn: 'iotHubWorkbench.isSignedIn',
} as const;

export type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];

/** Setting ids without the prefix, with the type of their value. */
export interface Settings {
  'devices.pageSize': number;
  'sas.deviceTokenSeconds': number;
  'sas.hubTokenSeconds': number;
  'azure.dataPlaneAccess': 'auto' | 'entraId' | 'sharedAccessKey';
  /** Absolute; empty for the system's authorities alone. */
  'azure.caFile': string;
  'monitor.consumerGroup': string;
  'monitor.startFrom': 'now' | 'last5Minutes' | 'last15Minutes' | 'lastHour' | 'earliest';
  'monitor.showProperties': boolean;
  'monitor.format': 'pretty' | 'oneLine' | 'template';
  'monitor.template': string;
  'monitor.transport': 'auto' | 'amqp' | 'webSocket';
  'monitor.history.megabytes': number;
  'monitor.history.messages': number;
  'monitor.recording.rotateMegabytes': number;
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
  'localHub.messagesPerSecond': number;
  'localHub.durability': 'normal' | 'full';
  'localHub.hubAddresses': 'auto' | 'off';
}

export const settingsPrefix = 'iotHubWorkbench';
