import { type AzureHub } from '../azure/resources';
import { type Event } from '../base/event';
import { type FailureAction } from '../failureAction';
import { type EventsTarget } from './eventHubConnection';
import { type HubConnection, type HubRight } from './hubConnection';

/** A hub in the list, by where it comes from. Nothing here is secret. */
export type Hub = LocalHub | ConnectionStringHub | EventHubsEndpoint | AzureAccountHub;
export type HubKind = Hub['kind'];
export type HubOf<K extends HubKind> = Extract<Hub, { kind: K }>;

interface ListedHub {
  readonly id: string;
  readonly name: string;
  readonly status: HubStatus;
}

/** The hub that runs as a process of this computer. */
export interface LocalHub extends ListedHub {
  readonly kind: 'local';
  readonly process: LocalHubProcess;
}

/** A hub that was added by its connection string. */
export interface ConnectionStringHub extends ListedHub {
  readonly kind: 'connectionString';
  readonly hostName: string;
}

/** An Event Hubs-compatible endpoint that was added by its connection string: it can only be monitored. */
export interface EventHubsEndpoint extends ListedHub {
  readonly kind: 'eventHubs';
  readonly hostName: string;
}

/** A hub of a subscription that a signed-in account sees. */
export interface AzureAccountHub extends ListedHub {
  readonly kind: 'azure';
  readonly resource: AzureHub;
  /** Id of the subscription in the tree that the hub is below. */
  readonly subscriptionKey: string;
}

/** Whether a hub can be used now: `busy` is temporary, and opening a hub that is `off` starts it. */
export type HubStatus = 'ready' | 'busy' | 'off' | 'failed';

/** The state of the process of the local hub, with what is known of it while it is running. */
export type LocalHubProcess<Running = { readonly ports: LocalHubPorts }> =
  | { readonly kind: 'stopped'; readonly note?: string }
  | { readonly kind: 'starting' }
  | ({ readonly kind: 'running'; readonly problems?: readonly LocalHubProblem[] } & Running)
  | { readonly kind: 'stopping' }
  | { readonly kind: 'failed'; readonly reason: string };

/** A problem with its stored data: it refuses what it cannot store, or it renamed a damaged file. */
export interface LocalHubProblem {
  readonly kind: 'refusing' | 'setAside';
  /** Sentences in English, as in its log. */
  readonly text: string;
}

export interface LocalHubPorts {
  readonly mqtt: number;
  readonly https: number;
  readonly amqp: number;
  readonly amqpPlain: number;
}

/** Why a hub that was known before is not in the list. */
export interface HubAbsence {
  /** One sentence. */
  readonly message: string;
  /** What may help, such as to sign in. */
  readonly action?: FailureAction;
  /** Whether it may help to read the hubs again. */
  readonly canRefresh?: boolean;
}

/** Where hubs come from: saved connection strings, the local hub, Azure subscriptions. */
export interface HubSource {
  readonly onDidChange: Event<void>;
  hubs(): readonly Hub[];
  /**
   * Makes the hub ready when it is not, and returns its connection; for one call, not to be kept.
   * @param rights that the call needs: a source with several keys uses the least-privileged one that has them; none
   *   to get the address alone
   */
  connection(hubId: string, rights: readonly HubRight[], signal?: AbortSignal): Promise<HubConnection>;
  /** What its events are read with, where that is another connection. */
  events?(hubId: string, signal?: AbortSignal): Promise<EventsTarget>;
  /**
   * Looks for a hub that is not in the list yet, when its id is one of this source. Never rejects.
   * @returns why it is not in the list afterwards; `undefined` when it is, or belongs to another source
   */
  seek?(hubId: string): Promise<HubAbsence | undefined>;
  /** Someone opened the hub in the tree. */
  opened?(hubId: string): void;
}
