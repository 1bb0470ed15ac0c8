export { openDeviceSession } from './deviceSession';
