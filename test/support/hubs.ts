import { type AzureHub } from '../../src/core/azure/resources';
import { type HubOf, type LocalHubProcess } from '../../src/core/hub/hub';
import { localHubStatus } from '../../src/core/hub/hubStatus';
import { toAzureAccountHub } from '../../src/features/azure/azureHubs';
import { aSubscription, anAzureHub } from './azure';

/** Hubs of each kind, ready by default. */
export const aSavedHub = (change: Partial<HubOf<'connectionString'>> = {}): HubOf<'connectionString'> => ({
  kind: 'connectionString',
  id: 'h',
  name: 'factory',
  status: 'ready',
  hostName: 'factory.azure-devices.net',
  ...change,
});

export const anEventHubsEndpoint = (change: Partial<HubOf<'eventHubs'>> = {}): HubOf<'eventHubs'> => ({
  kind: 'eventHubs',
  id: 'e',
  name: 'events',
  status: 'ready',
  hostName: 'ns.servicebus.windows.net',
  ...change,
});

export const aLocalHub = (process: LocalHubProcess, id = 'local-hub'): HubOf<'local'> => ({
  kind: 'local',
  id,
  name: 'Local Hub',
  status: localHubStatus(process),
  process,
});

export const anAccountHub = (
  change: Partial<AzureHub> = {},
  subscription = aSubscription(),
): HubOf<'azure'> => toAzureAccountHub({ hub: anAzureHub(change), subscription });
