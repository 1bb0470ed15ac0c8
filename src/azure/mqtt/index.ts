export { openDeviceSession } from './deviceSession';
export { publishOnce } from './publishOnce';
