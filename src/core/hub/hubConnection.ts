import * as l10n from '@vscode/l10n';
import { type TokenSource } from '../azure/accounts';
import { IotError } from '../errors';
import { connectionParts, isBase64, requiredPart } from './connectionText';

/**
 * What a shared access policy may allow.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas#access-control-and-permissions
 */
export type HubRight = 'RegistryRead' | 'RegistryWrite' | 'ServiceConnect' | 'DeviceConnect';

/** All that is needed to talk to a hub. Holds a secret: ask for it per call, never keep it in a node or state. */
export interface HubConnection {
  readonly hostName: string;
  /** Empty when nothing but the address was asked for, or `tokens` sign. */
  readonly policyName: string;
  /** Base64, as Azure gives it; empty with `policyName`. */
  readonly key: string;
  /** Microsoft Entra ID in place of a key, for the service API. */
  readonly tokens?: TokenSource;
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly amqpPort: number;
  /** PEM file of the authority to trust for this hub; without it, the authorities of the system are trusted. */
  readonly caFile?: string;
  /** What limits the networks from which the hub is accessible, when that is known. */
  readonly limitedBy?: 'closedNetwork' | 'ipRules';
  /** Where the hub is managed (ARM), when that is known. */
  readonly management?: HubManagement;
}

/** Azure Resource Manager's view of a hub. */
export interface HubManagement {
  /** Base URL, without a slash at the end. */
  readonly endpoint: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly hubName: string;
  readonly credential: ManagementCredential;
}

/** A file that holds the bearer token, or an account. */
export type ManagementCredential = { readonly tokenFile: string } | TokenSource;

const ports = { mqttport: 8883, httpsport: 443, amqpport: 5671 } as const;

/**
 * Reads `HostName=…;SharedAccessKeyName=…;SharedAccessKey=…` and the additional keys that say where a hub
 * listens when it does not use Azure's ports: `MqttPort`, `HttpsPort`, `AmqpPort`, `CaFile`; and where it is
 * managed: `ArmEndpoint`, `ArmResourceId`, `ArmTokenFile`.
 * @throws IotError with one sentence that names the problem.
 */
export function parseHubConnection(text: string): HubConnection {
  const parts = connectionParts(text);
  if (parts.size === 0) {
    throw invalid(
      l10n.t(
        'This is not a valid connection string. Use the format HostName=…;SharedAccessKeyName=…;SharedAccessKey=….',
      ),
    );
  }
  // Some tools add a device to the connection string of a policy.
  if (parts.has('deviceid') && !parts.has('sharedaccesskeyname')) {
    throw invalid(
      l10n.t(
        'This is a device connection string. Use the connection string of a shared access policy, which contains SharedAccessKeyName=….',
      ),
    );
  }
  if (parts.has('endpoint')) {
    throw invalid(
      l10n.t(
        'This is an Event Hubs connection string. Use the IoT Hub connection string, which starts with HostName=….',
      ),
    );
  }
  if (parts.has('sharedaccesssignature')) {
    throw invalid(
      l10n.t('This connection string contains a SAS token, which expires. Use one with SharedAccessKey=….'),
    );
  }
  const hostName = requiredPart(parts, 'HostName');
  if (/[:/\s]/.test(hostName)) {
    throw invalid(
      l10n.t(
        'HostName must be a host name without a port, not "{0}". Specify ports with MqttPort, HttpsPort, and AmqpPort.',
        hostName,
      ),
    );
  }
  const key = requiredPart(parts, 'SharedAccessKey');
  if (!isBase64(key))
    throw invalid(l10n.t('SharedAccessKey is not valid Base64. Check that it was copied in full.'));
  const caFile = parts.get('cafile');
  const management = managementOf(parts);
  return {
    hostName,
    policyName: requiredPart(parts, 'SharedAccessKeyName'),
    key,
    mqttPort: port(parts, 'mqttport', 'MqttPort'),
    httpsPort: port(parts, 'httpsport', 'HttpsPort'),
    amqpPort: port(parts, 'amqpport', 'AmqpPort'),
    ...(caFile ? { caFile } : {}),
    ...(management ? { management } : {}),
  };
}

function managementOf(parts: ReadonlyMap<string, string>): HubManagement | undefined {
  if (!['armendpoint', 'armresourceid', 'armtokenfile'].some((name) => parts.has(name))) return undefined;
  const endpoint = requiredPart(parts, 'ArmEndpoint').replace(/(?<!\/)\/+$/, '');
  if (!/^https:\/\/[^/?#]+$/i.test(endpoint)) {
    throw invalid(l10n.t('ArmEndpoint must be an https:// URL without a path, not "{0}".', endpoint));
  }
  const resourceId = requiredPart(parts, 'ArmResourceId');
  const id =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Devices\/IotHubs\/([^/]+)$/i.exec(
      resourceId,
    );
  const [, subscriptionId, resourceGroup, hubName] = id ?? [];
  if (!subscriptionId || !resourceGroup || !hubName) {
    throw invalid(
      l10n.t(
        'ArmResourceId must have the format /subscriptions/…/resourceGroups/…/providers/Microsoft.Devices/IotHubs/….',
      ),
    );
  }
  const tokenFile = requiredPart(parts, 'ArmTokenFile');
  return { endpoint, subscriptionId, resourceGroup, hubName, credential: { tokenFile } };
}

/** First label of the host name: the hub's name, as Azure uses it in AMQP user names. An IP address has none. */
export function hubShortName(hostName: string): string {
  return /^[\d.]+$/.test(hostName) ? hostName : (hostName.split('.')[0] ?? hostName);
}

function port(parts: ReadonlyMap<string, string>, name: keyof typeof ports, spelled: string): number {
  const text = parts.get(name);
  if (text === undefined || text === '') return ports[name];
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 65_535) {
    throw invalid(l10n.t('{0} must be a port number from 1 to 65535, not "{1}".', spelled, text));
  }
  return value;
}

const invalid = (sentence: string) => new IotError('invalidInput', sentence);
