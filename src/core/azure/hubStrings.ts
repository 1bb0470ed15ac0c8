import { type AzureHub, type HubPolicy } from './resources';

/** Of a shared access policy, as IoT Hub's own tools write it. Holds a key: for the clipboard alone. */
export const hubConnectionString = (
  { hostName }: Pick<AzureHub, 'hostName'>,
  { name, primaryKey }: HubPolicy,
): string => `HostName=${hostName};SharedAccessKeyName=${name};SharedAccessKey=${primaryKey}`;

/** Of the built-in endpoint, for clients of Event Hubs. Holds a key: for the clipboard alone. */
export const eventsConnectionString = (
  { endpoint, path }: NonNullable<AzureHub['events']>,
  { name, primaryKey }: HubPolicy,
): string =>
  `Endpoint=${endpoint};SharedAccessKeyName=${name};SharedAccessKey=${primaryKey};EntityPath=${path}`;
