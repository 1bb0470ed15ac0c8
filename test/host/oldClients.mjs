// Old versions of clients that are still in use, from npm.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureNpmFolder } from './npmFolders.mjs';
import { cacheFolder } from './paths.mjs';

/** By the name with which the tests load them. */
const dependencies = {
  'device-1.1': 'npm:azure-iot-device@1.1.19',
  'device-mqtt-1.1': 'npm:azure-iot-device-mqtt@1.1.17',
  'device-1.3': 'npm:azure-iot-device@1.3.2',
  'device-mqtt-1.3': 'npm:azure-iot-device-mqtt@1.3.2',
  'iothub-1.1': 'npm:azure-iothub@1.1.18',
  'event-hubs-2': 'npm:@azure/event-hubs@2.1.4',
  'event-hubs-5': 'npm:@azure/event-hubs@5.12.2',
  'mqtt-2': 'npm:mqtt@2.18.9',
  'mqtt-4': 'npm:mqtt@4.3.8',
};
const version = createHash('sha256').update(JSON.stringify(dependencies)).digest('hex').slice(0, 8);
const folder = path.join(cacheFolder(), `old-clients-${version}`);

/** The folder that contains `node_modules`, or undefined if they are not installed. */
export const findOldClients = () => (existsSync(folder) ? folder : undefined);

export const ensureOldClients = () =>
  ensureNpmFolder({ folder, title: 'old versions of clients', size: '100 MB', dependencies });
