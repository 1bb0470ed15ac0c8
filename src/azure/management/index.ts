export { openHubCertificates } from './armHubCertificates';
export { openHubSettings } from './armHubSettings';
export { openAzureManagement } from './armManagement';
export { type ArmCall, type ArmWatch } from './armConnection';
