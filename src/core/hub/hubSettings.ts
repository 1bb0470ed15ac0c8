import { type AzureHub, type HubPolicy } from '../azure/resources';
import { isSameText } from '../base/sameText';
import { IotError } from '../errors';

/** Where a hub sends the messages of devices. @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c */
export interface HubRouting {
  /** Of every source. */
  readonly routes: readonly HubRoute[];
  /** Whether messages that no route takes go to the built-in endpoint. */
  readonly isFallbackOn: boolean;
  /** Besides the built-in one. */
  readonly endpoints: readonly HubEndpoint[];
}

export interface HubRoute {
  readonly name: string;
  /** What it takes: `DeviceMessages`, `TwinChangeEvents`, … */
  readonly source: string;
  readonly condition: string;
  readonly endpoints: readonly string[];
  readonly isEnabled: boolean;
}

/** What a route takes when it takes the messages of devices. */
export const deviceMessages = 'DeviceMessages';

/** @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/create-or-update#routingsource */
export const routeSources = [
  deviceMessages,
  'TwinChangeEvents',
  'DeviceLifecycleEvents',
  'DeviceJobLifecycleEvents',
  'DigitalTwinChangeEvents',
  'DeviceConnectionStateEvents',
  'MqttBrokerMessages',
] as const;

export type HubEndpointKind =
  'eventHub' | 'serviceBusQueue' | 'serviceBusTopic' | 'storageContainer' | 'cosmosDbContainer';

/** Where routes can lead. Nothing here is secret. */
export interface HubEndpoint {
  readonly name: string;
  readonly kind: HubEndpointKind;
  /** Where it is, such as `mynamespace.servicebus.windows.net/queue`; empty when the hub does not tell. */
  readonly target: string;
  /** Whether the hub signs in there with its identity, rather than with a key. */
  readonly isIdentityBased: boolean;
}

/** Messages of today (UTC) as the hub counts them, and how many it takes. */
export interface HubQuota {
  readonly used: number;
  readonly limit: number;
  /** Devices, when the hub tells it. */
  readonly devices?: { readonly used: number; readonly limit: number };
}

/** Devices of the hub. How many are connected only its registry knows. */
export interface HubStatistics {
  readonly total: number;
  readonly enabled: number;
  readonly disabled: number;
}

/** A shared access policy without its keys. */
export type HubPolicyInfo = Pick<HubPolicy, 'name' | 'rights'>;

/** Name of the endpoint that monitors read, as routes have it. */
export const builtInEndpoint = 'events';

/** What only the management of a hub (ARM) knows. Every failure is an `IotError`. */
export interface HubSettings {
  consumerGroups(signal?: AbortSignal): Promise<readonly string[]>;
  createConsumerGroup(name: string, signal?: AbortSignal): Promise<void>;
  deleteConsumerGroup(name: string, signal?: AbortSignal): Promise<void>;
  routing(signal?: AbortSignal): Promise<HubRouting>;
  /** @throws IotError `alreadyExists`, or `changedMeanwhile` when somebody else changed the hub in this moment */
  addRoute(route: HubRoute, signal?: AbortSignal): Promise<void>;
  /** One that is gone is no error. @throws IotError `changedMeanwhile` */
  removeRoute(name: string, signal?: AbortSignal): Promise<void>;
  /** @throws IotError `changedMeanwhile` */
  setFallback(isOn: boolean, signal?: AbortSignal): Promise<void>;
  /** The hub as Azure Resource Manager describes it now. */
  hub(signal?: AbortSignal): Promise<AzureHub>;
  statistics(signal?: AbortSignal): Promise<HubStatistics>;
  policies(signal?: AbortSignal): Promise<readonly HubPolicyInfo[]>;
  /** `undefined` when the hub does not tell it. */
  quota(signal?: AbortSignal): Promise<HubQuota | undefined>;
}

export interface HubSettingsAccess {
  /** @throws IotError `unsupported` when nothing but a connection string is known of the hub. */
  forHub(hubId: string, signal?: AbortSignal): Promise<HubSettings>;
}

/** The consumer group that every hub has. */
export const defaultConsumerGroup = '$Default';

/**
 * Why the service would not take a consumer group's name.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsofteventhub
 */
export function consumerGroupNameProblem(name: string): string | undefined {
  if (name === '') return 'Type the name of the consumer group.';
  if (name.length > 50) return `A consumer group has at most 50 characters; this one has ${name.length}.`;
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    return 'A consumer group has letters, digits, "-", "." and "_" in its name, and nothing else.';
  return /^[A-Za-z0-9]/.test(name) && /[A-Za-z0-9]$/.test(name)
    ? undefined
    : 'A consumer group begins and ends with a letter or a digit.';
}

/**
 * Why the service would not take a route's name.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/create-or-update#routeproperties
 */
export function routeNameProblem(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return 'Type a name for the route.';
  if (name.length > 64) return `A route's name has at most 64 characters; this one has ${name.length}.`;
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    return 'A route has letters, digits, "-", "." and "_" in its name, and nothing else.';
  return taken.some((other) => isSameText(other, name)) ? `There is a route "${name}" already.` : undefined;
}

export const noManagement = (what: string) =>
  new IotError(
    'unsupported',
    `A connection string cannot ${what}: that takes Azure Resource Manager. The local hub has it at once.`,
  );
