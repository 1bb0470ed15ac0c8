import { type IotError } from '../errors';
import { type AzureAccount } from './accounts';
import { type AzureSubscription, type AzureTenant } from './resources';

/** The subscriptions that an account sees. */
export interface SubscriptionList {
  /** Those that the person chose to see; all, until one is left out. */
  readonly subscriptions: readonly AzureSubscription[];
  /** Tenants that could not be read; the others are there all the same. */
  readonly failures: readonly TenantFailure[];
  /** Names of the tenants, as far as they could be read. */
  readonly tenants?: readonly AzureTenant[];
  /** Ids of those among them that the person left out, and that were not asked. */
  readonly hiddenTenants?: readonly string[];
}

/** A tenant that could not be read. */
export interface TenantFailure {
  readonly account: AzureAccount;
  /** Absent when not even the tenants of the account could be read. */
  readonly tenant?: AzureTenant;
  readonly error: IotError;
}
