import { type Event } from '../base/event';
import { type AzureAccount } from './accounts';
import { type SubscriptionChoice } from './subscriptionChoice';
import { type SubscriptionList } from './subscriptionList';
import { type AzureHub, type AzureSubscription } from './resources';

/** What the signed-in accounts can see, read once until it is refreshed or changed. */
export interface AzureDirectory {
  readonly onDidChange: Event<void>;
  accounts(signal?: AbortSignal): Promise<readonly AzureAccount[]>;
  /** Of one account, or of all. Never prompts: without an account the list is empty. */
  subscriptions(account?: AzureAccount, signal?: AbortSignal): Promise<SubscriptionList>;
  /** Includes hidden subscriptions, for the selection of what to show. */
  allSubscriptions(account: AzureAccount, signal?: AbortSignal): Promise<SubscriptionList>;
  /** Stores the selection and reads again what depends on it. */
  choose(account: AzureAccount, choice: SubscriptionChoice): Promise<void>;
  /** Repeats the last failure until a refresh. */
  hubs(subscription: AzureSubscription, signal?: AbortSignal): Promise<readonly AzureHub[]>;
  /** Reads again what was read: everything, or the hubs of one subscription. */
  refresh(subscription?: AzureSubscription): void;
  /** The hub of an id of the tree, as far as it was read. */
  find(hubId: string): AzureHubEntry | undefined;
}

export interface AzureHubEntry {
  readonly hub: AzureHub;
  readonly subscription: AzureSubscription;
}

/** Id of an Azure hub in the tree, in the state of the extension, and among hubs of other sources. */
export const azureHubId = (hub: { readonly id: string }) => `azure:${hub.id.toLowerCase()}`;

/** Id of a subscription in the tree: two accounts may see the same one. */
export const subscriptionKey = ({ id, account }: Pick<AzureSubscription, 'id' | 'account'>) =>
  `azure/${account.id}/${id.toLowerCase()}`;
