export { openMonitoring } from './monitorCommands';
