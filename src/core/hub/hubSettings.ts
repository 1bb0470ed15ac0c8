import * as l10n from '@vscode/l10n';
import { type AzureHub, type HubPolicy } from '../azure/resources';
import { isSameText } from '../base/sameText';
import { formatCount } from '../base/numbers';
import { IotError } from '../errors';

/** Where a hub sends the messages of devices. @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c */
export interface HubRouting {
  /** Of every source. */
  readonly routes: readonly HubRoute[];
  /** Whether messages that match no route go to the built-in endpoint. */
  readonly isFallbackOn: boolean;
  /** Besides the built-in one. */
  readonly endpoints: readonly HubEndpoint[];
}

export interface HubRoute {
  readonly name: string;
  /** What it routes: `DeviceMessages`, `TwinChangeEvents`, … */
  readonly source: string;
  readonly condition: string;
  readonly endpoints: readonly string[];
  readonly isEnabled: boolean;
}

/** Source of a route for device messages. */
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
  /** Its address, such as `mynamespace.servicebus.windows.net/queue`; empty when the hub does not report it. */
  readonly target: string;
  /** Whether the hub authenticates there with its identity, rather than with a key. */
  readonly isIdentityBased: boolean;
}

/** Messages of today (UTC) as the hub counts them, and its daily limit. */
export interface HubQuota {
  readonly used: number;
  readonly limit: number;
  /** Devices, when the hub reports them. */
  readonly devices?: { readonly used: number; readonly limit: number };
}

/** Devices of the hub. How many are connected is known only to its registry. */
export interface HubStatistics {
  readonly total: number;
  readonly enabled: number;
  readonly disabled: number;
}

/** A shared access policy without its keys. */
export type HubPolicyInfo = Pick<HubPolicy, 'name' | 'rights'>;

/** Name of the endpoint that monitors read, as routes refer to it. */
export const builtInEndpoint = 'events';

/** What is available only through the management of a hub (ARM). Every failure is an `IotError`. */
export interface HubSettings {
  consumerGroups(signal?: AbortSignal): Promise<readonly string[]>;
  createConsumerGroup(name: string, signal?: AbortSignal): Promise<void>;
  deleteConsumerGroup(name: string, signal?: AbortSignal): Promise<void>;
  routing(signal?: AbortSignal): Promise<HubRouting>;
  /** @throws IotError `alreadyExists`, or `changedMeanwhile` when somebody else changes the hub at the same time */
  addRoute(route: HubRoute, signal?: AbortSignal): Promise<void>;
  /** A route that no longer exists is not an error. @throws IotError `changedMeanwhile` */
  removeRoute(name: string, signal?: AbortSignal): Promise<void>;
  /** @throws IotError `changedMeanwhile` */
  setFallback(isOn: boolean, signal?: AbortSignal): Promise<void>;
  /** The hub as Azure Resource Manager describes it now. */
  hub(signal?: AbortSignal): Promise<AzureHub>;
  statistics(signal?: AbortSignal): Promise<HubStatistics>;
  policies(signal?: AbortSignal): Promise<readonly HubPolicyInfo[]>;
  /** `undefined` when the hub does not report it. */
  quota(signal?: AbortSignal): Promise<HubQuota | undefined>;
}

export interface HubSettingsAccess {
  /** @throws IotError `unsupported` when only a connection string of the hub is available. */
  forHub(hubId: string, signal?: AbortSignal): Promise<HubSettings>;
}

/** The consumer group that every hub has. */
export const defaultConsumerGroup = '$Default';

/**
 * Why the service would reject a consumer group's name.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsofteventhub
 */
export function consumerGroupNameProblem(name: string): string | undefined {
  if (name === '') return l10n.t('Enter a name for the consumer group.');
  if (name.length > 50)
    return l10n.t(
      'A consumer group name can have at most 50 characters. This one has {0}.',
      formatCount(name.length),
    );
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    return l10n.t('A consumer group name can contain only letters, digits, "-", ".", and "_".');
  return /^[A-Za-z0-9]/.test(name) && /[A-Za-z0-9]$/.test(name)
    ? undefined
    : l10n.t('A consumer group name must start and end with a letter or digit.');
}

/**
 * Why the service would reject a route's name.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/create-or-update#routeproperties
 */
export function routeNameProblem(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return l10n.t('Enter a name for the route.');
  if (name.length > 64)
    return l10n.t('A route name can have at most 64 characters. This one has {0}.', formatCount(name.length));
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    return l10n.t('A route name can contain only letters, digits, "-", ".", and "_".');
  return taken.some((other) => isSameText(other, name))
    ? l10n.t('A route named "{0}" already exists.', name)
    : undefined;
}

/** Failure of what is not available for a hub by connection string. */
export const noManagement = () =>
  new IotError(
    'unsupported',
    l10n.t(
      'This requires Azure Resource Manager, which is not available with a connection string. Sign in to Azure and use the hub of your subscription.',
    ),
  );
