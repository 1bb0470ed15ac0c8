export { openDeviceRegistry } from './azureDeviceRegistry';
