import { type Event } from '../base/event';
import { type EventsTarget } from './eventHubConnection';
import { type HubConnection, type HubRight } from './hubConnection';

/** A hub as the tree shows it. Nothing here is secret. */
export interface Hub {
  readonly id: string;
  readonly name: string;
  readonly status: HubStatus;
  /** Small text beside the name. */
  readonly description: string;
  readonly tooltip: string;
  /** Name of a codicon. */
  readonly icon: string;
  /** Words that menus ask for, e.g. `removable`. */
  readonly tags: readonly string[];
  /** Id of the subscription in the tree that it is under; absent at the top. */
  readonly parent?: string;
}

export type HubStatus =
  | { readonly kind: 'ready' }
  | { readonly kind: 'busy'; readonly text: string }
  /** Can be opened; `text` says so, `command` is what a click does. */
  | { readonly kind: 'off'; readonly text: string; readonly command: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly command: string };

/** A tag of what is no hub but its event endpoint: it can be monitored, and nothing else. */
export const eventsOnly = 'eventsOnly';

/** Where hubs come from: saved connection strings, the local hub, later Azure subscriptions. */
export interface HubSource {
  readonly onDidChange: Event<void>;
  hubs(): readonly Hub[];
  /**
   * Makes the hub ready when it is not, and hands out its connection; for one call, not to be kept.
   * @param rights that the call needs: a source with several keys takes the weakest that has them; none for
   *   who wants to know the address alone
   */
  connection(hubId: string, rights: readonly HubRight[], signal?: AbortSignal): Promise<HubConnection>;
  /** What its events are read with, where that is another connection. */
  events?(hubId: string, signal?: AbortSignal): Promise<EventsTarget>;
  /** Someone waits for a hub that is not in the list yet: reads it, when it may be one of this source. */
  seek?(hubId: string): void;
  /** Someone opened the hub in the tree. */
  opened?(hubId: string): void;
}
