import { type HubRight } from '../hub/hubConnection';
import { type AzureAccount, type TokenSource } from './accounts';
import { type AzureCloud } from './azureCloud';
import { type NewHub } from './newHub';

/** A Microsoft Entra tenant that an account belongs to. */
export interface AzureTenant {
  readonly id: string;
  readonly name: string;
}

export interface AzureSubscription {
  /** The GUID. */
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
  /** `Enabled`, `Disabled`, `Warned`, … */
  readonly state: string;
  /** The account through which it was found. */
  readonly account: AzureAccount;
}

export interface ResourceGroup {
  readonly name: string;
  /** Name of its region, such as `westeurope`. */
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A resource in a resource group. */
export interface Resource {
  /** The resource id. */
  readonly id: string;
  readonly name: string;
  /** `Microsoft.Devices/IotHubs` */
  readonly type: string;
}

export interface Region {
  /** `westeurope` */
  readonly name: string;
  /** `West Europe` */
  readonly displayName: string;
  /** Such as `Europe`, when the cloud reports it. */
  readonly geography?: string;
  /** In degrees, when the cloud reports it. */
  readonly latitude?: number;
  readonly longitude?: number;
}

export interface HubProvider {
  /** `Registered`, `NotRegistered`, `Registering`, … */
  readonly state: string;
  /** Display names of the regions that offer hubs. */
  readonly regions: readonly string[];
}

export type HubTier = 'Free' | 'Basic' | 'Standard';

export interface HubSku {
  /** `F1`, `S1`, … */
  readonly name: string;
  readonly tier: HubTier;
  readonly units: number;
}

export interface HubReference {
  readonly resourceGroup: string;
  readonly name: string;
}

/** A hub as Azure Resource Manager describes it. Nothing here is secret. */
export interface AzureHub extends HubReference {
  /** The resource id, as ARM writes it. */
  readonly id: string;
  readonly subscriptionId: string;
  /** Name of its region. */
  readonly location: string;
  readonly sku: HubSku;
  /** `Active`, `Activating`, `Deleting`, … */
  readonly state: string;
  /** With a port when one port serves every protocol, as for the local hub. */
  readonly hostName: string;
  readonly events?: {
    /** `sb://…/` */
    readonly endpoint: string;
    /** Name of the event hub, which differs from the hub's. */
    readonly path: string;
    readonly partitionCount: number;
    readonly retentionDays: number;
  };
  /** Whether shared access keys of the service are refused. */
  readonly isLocalAuthOff: boolean;
  readonly isPublicAccessOff: boolean;
  /** Whether rules limit the addresses from which the hub is accessible. */
  readonly hasIpRules?: boolean;
  readonly minTlsVersion?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly etag: string;
}

/** A shared access policy. Holds secrets: for one call, not to be kept in a node or state. */
export interface HubPolicy {
  readonly name: string;
  readonly rights: readonly HubRight[];
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

/** Receives the states of a long-running operation, such as `Activating`. */
export type StateListener = (state: string) => void;

/** Azure Resource Manager, as far as hubs need it. Every failure is an `IotError`. */
export interface AzureManagement {
  tenants(account: AzureAccount, signal?: AbortSignal): Promise<readonly AzureTenant[]>;
  /**
   * The subscriptions that the account can access in one tenant, through a token of that tenant.
   * @param onWait Azure throttles, and this many seconds are added
   */
  subscriptions(
    account: AzureAccount,
    tenantId: string,
    signal?: AbortSignal,
    onWait?: (seconds: number) => void,
  ): Promise<readonly AzureSubscription[]>;
  forSubscription(subscription: AzureSubscription): SubscriptionManagement;
}

/** One subscription. Lists are complete: every nextLink is followed. Long-running operations end when ARM says so. */
export interface SubscriptionManagement {
  readonly cloud: AzureCloud;
  /** For the management of its hubs. */
  readonly tokens: TokenSource;
  /** For the service API of its hubs, by Microsoft Entra ID. */
  readonly hubTokens: TokenSource;

  resourceGroups(signal?: AbortSignal): Promise<readonly ResourceGroup[]>;
  resourceGroup(name: string, signal?: AbortSignal): Promise<ResourceGroup | undefined>;
  createResourceGroup(group: ResourceGroup, signal?: AbortSignal): Promise<ResourceGroup>;
  /** With everything in it. */
  deleteResourceGroup(name: string, follow?: StateListener, signal?: AbortSignal): Promise<void>;
  resourcesOf(group: string, signal?: AbortSignal): Promise<readonly Resource[]>;

  regions(signal?: AbortSignal): Promise<readonly Region[]>;
  provider(signal?: AbortSignal): Promise<HubProvider>;
  /** Resolves when it is registered. */
  registerProvider(follow?: StateListener, signal?: AbortSignal): Promise<void>;

  hubs(signal?: AbortSignal): Promise<readonly AzureHub[]>;
  hub(hub: HubReference, signal?: AbortSignal): Promise<AzureHub | undefined>;
  policies(hub: HubReference, signal?: AbortSignal): Promise<readonly HubPolicy[]>;
  /** Why the name is not available; `undefined` when it is. */
  hubNameProblem(name: string, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Ends when the hub can be used.
   * @throws IotError `notReady` when Azure created it and some of its servers do not know it yet; `alreadyExists`, `freeHubTaken`, `regionFull`, `providerNotRegistered`, …
   */
  createHub(hub: NewHub, follow?: StateListener, signal?: AbortSignal): Promise<AzureHub>;
  /** Waits up to two minutes until a hub that was created can be used. @throws IotError `notReady` */
  awaitHub(hub: HubReference, signal?: AbortSignal): Promise<AzureHub>;
  deleteHub(hub: HubReference, follow?: StateListener, signal?: AbortSignal): Promise<void>;
}
