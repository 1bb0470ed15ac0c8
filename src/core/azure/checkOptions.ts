import { type AuthorityStore } from '../certificate/authorityStore';
import { type HubCertificatesAccess } from '../certificate/hubCertificates';
import { type DeviceRegistries } from '../device/deviceRegistry';
import { type AzureDirectory } from './azureDirectory';
import { type CreatedResource } from './createdResources';
import { type LocationSources } from './resourceLocations';
import { type AzureManagement } from './resources';
import { type RetryOptions } from './retryWhenThrottled';

/** The services that know the existing resources. */
export interface CleanUpSources extends LocationSources {
  readonly azure: LocationSources['azure'] & Pick<AzureDirectory, 'accounts' | 'allSubscriptions'>;
  readonly management: Pick<AzureManagement, 'forSubscription'>;
  readonly registries: DeviceRegistries;
  readonly hubCertificates: HubCertificatesAccess;
  readonly authorities: Pick<AuthorityStore, 'list' | 'issued'>;
}

/** Limits what is listed; absent for all. */
export interface CleanUpScope {
  readonly accountId?: string;
  readonly subscriptionId?: string;
}

export interface CheckOptions {
  readonly scope?: CleanUpScope;
  readonly signal?: AbortSignal;
  readonly report?: (progress: CheckProgress) => void;
  readonly retry?: RetryOptions;
  readonly now?: () => number;
}

export type CheckProgress =
  | {
      readonly kind: 'checked';
      readonly done: number;
      readonly total: number;
      /** Those of the last location. */
      readonly resources: readonly CreatedResource[];
    }
  | { readonly kind: 'throttled'; readonly seconds: number };
