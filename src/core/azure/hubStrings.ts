import { type AzureHub, type HubPolicy } from './resources';

/** For a shared access policy, in the format of IoT Hub's own tools. Contains a key: for the clipboard alone. */
export const hubConnectionString = (
  { hostName }: Pick<AzureHub, 'hostName'>,
  { name, primaryKey }: HubPolicy,
): string => `HostName=${hostName};SharedAccessKeyName=${name};SharedAccessKey=${primaryKey}`;

/** For the built-in endpoint and Event Hubs clients. Contains a key: for the clipboard alone. */
export const eventsConnectionString = (
  { endpoint, path }: NonNullable<AzureHub['events']>,
  { name, primaryKey }: HubPolicy,
): string =>
  `Endpoint=${endpoint};SharedAccessKeyName=${name};SharedAccessKey=${primaryKey};EntityPath=${path}`;
