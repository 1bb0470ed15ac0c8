import { type IotError } from '../errors';
import { type FailureAction } from '../failureAction';
import { type CreatedResourceOf } from './createdResourceLog';
import { type CreatedResource } from './createdResources';
import { type AzureHub, type AzureSubscription, type Resource } from './resources';

/** A resource that was created here and still exists, as it was found before the user is asked. */
export type DiscoveredResource =
  DiscoveredGroup | DiscoveredHub | DiscoveredDevice | DiscoveredCertificate | DiscoveredAuthority;

export interface DiscoveredGroup {
  readonly kind: 'resourceGroup';
  readonly created: CreatedResourceOf<'resourceGroup'>;
  readonly subscription: AzureSubscription;
  /** Everything in it. */
  readonly resources: readonly Resource[];
  /** Those that were not created here. */
  readonly foreign: readonly Resource[];
  /** The billed hubs in it. */
  readonly paidHubs: readonly string[];
}

export interface DiscoveredHub {
  readonly kind: 'hub';
  readonly created: CreatedResourceOf<'hub'>;
  readonly subscription: AzureSubscription;
  readonly hub: AzureHub;
  /** `undefined` when they could not be read. */
  readonly devices: DeviceCount | undefined;
  /** Why they could not be read. */
  readonly failure?: IotError;
}

export interface DeviceCount {
  readonly count: number;
  /** There are more than were counted. */
  readonly isMore: boolean;
  /** Those among the counted that were not registered here. */
  readonly foreign: number;
}

/** Where devices and certificates are. */
export interface HubLocation {
  readonly hubId: string;
  readonly hubName: string;
  /** Lower case, without a port; two entries of the tree may be the same hub. */
  readonly hostName: string;
  /** The hub of this computer, which is for tests. */
  readonly isLocal: boolean;
  readonly subscription?: AzureSubscription;
}

export interface DiscoveredDevice {
  readonly kind: 'device';
  readonly created: CreatedResourceOf<'device'>;
  readonly location: HubLocation;
  /** It was not checked, because there were too many: it may no longer exist. */
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
  /** The current name. */
  readonly name: string;
  readonly issued: number;
  readonly hasKey: boolean;
}

/** Resources that could not be checked, for one reason. */
export interface UnreachableResources {
  readonly resources: readonly CreatedResource[];
  /** Current name of their hub, when it is known. */
  readonly hubName?: string;
  readonly reason: string;
  readonly action?: FailureAction;
}

export interface CleanUpFindings {
  readonly found: readonly DiscoveredResource[];
  /** Deleted elsewhere: can be removed from the log. */
  readonly gone: readonly CreatedResource[];
  readonly unreachable: readonly UnreachableResources[];
}

export const unreachableBecause = (
  resources: readonly CreatedResource[],
  error: IotError,
  hubName?: string,
): UnreachableResources => ({
  resources,
  ...(hubName === undefined ? {} : { hubName }),
  reason: error.message,
  ...(error.action ? { action: error.action } : {}),
});

/** The resources of one kind. */
export const resourcesOfType = <K extends DiscoveredResource['kind']>(
  resources: readonly DiscoveredResource[],
  kind: K,
) => resources.filter((one): one is Extract<DiscoveredResource, { kind: K }> => one.kind === kind);
