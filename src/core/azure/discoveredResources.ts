import { type IotError } from '../errors';
import { type FailureAction } from '../failureAction';
import { type CreatedResourceOf } from './createdResourceLog';
import { type CreatedResource } from './createdResources';
import { type AzureHub, type AzureSubscription, type Resource } from './resources';

/** What was made here and is still there, as it was found before anybody is asked. */
export type DiscoveredResource =
  DiscoveredGroup | DiscoveredHub | DiscoveredDevice | DiscoveredCertificate | DiscoveredAuthority;

export interface DiscoveredGroup {
  readonly kind: 'resourceGroup';
  readonly created: CreatedResourceOf<'resourceGroup'>;
  readonly subscription: AzureSubscription;
  /** All that is in it. */
  readonly resources: readonly Resource[];
  /** What of it was not made here. */
  readonly foreign: readonly Resource[];
  /** The hubs in it that cost money. */
  readonly paidHubs: readonly string[];
}

export interface DiscoveredHub {
  readonly kind: 'hub';
  readonly created: CreatedResourceOf<'hub'>;
  readonly subscription: AzureSubscription;
  readonly hub: AzureHub;
  /** `undefined` when they could not be looked at. */
  readonly devices: DeviceCount | undefined;
}

export interface DeviceCount {
  readonly count: number;
  /** There are more than were counted. */
  readonly isMore: boolean;
  /** Those among the counted that were not made here. */
  readonly foreign: number;
}

/** Where devices and certificates are. */
export interface HubLocation {
  readonly hubId: string;
  readonly hubName: string;
  /** Lower case, without a port; two entries of the tree may be one hub. */
  readonly hostName: string;
  /** A hub of this computer, where things are tried out. */
  readonly isLocal: boolean;
  readonly subscription?: AzureSubscription;
}

export interface DiscoveredDevice {
  readonly kind: 'device';
  readonly created: CreatedResourceOf<'device'>;
  readonly location: HubLocation;
  /** It was not looked up, since there were too many: it may be gone. */
  readonly isUnsure: boolean;
}

export interface DiscoveredCertificate {
  readonly kind: 'hubCertificate';
  readonly created: CreatedResourceOf<'hubCertificate'>;
  readonly location: HubLocation;
  readonly isVerified: boolean;
}

export interface DiscoveredAuthority {
  readonly kind: 'authority';
  readonly created: CreatedResourceOf<'authority'>;
  /** The name that it has now. */
  readonly name: string;
  readonly issued: number;
  readonly hasKey: boolean;
}

/** Things that could not be looked at, for one reason. */
export interface UnreachableResources {
  readonly resources: readonly CreatedResource[];
  /** What they are or where, such as `3 things on hub "Pump station"`. */
  readonly what: string;
  readonly reason: string;
  readonly action?: FailureAction;
}

export interface CleanUpFindings {
  readonly found: readonly DiscoveredResource[];
  /** Deleted elsewhere: can be forgotten. */
  readonly gone: readonly CreatedResource[];
  readonly unreachable: readonly UnreachableResources[];
}

export const unreachableBecause = (
  resources: readonly CreatedResource[],
  what: string,
  error: IotError,
): UnreachableResources => ({
  resources,
  what,
  reason: error.message,
  ...(error.action ? { action: error.action } : {}),
});
