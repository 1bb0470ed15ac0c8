import { type Event } from '../base/event';
import { type HubConnection } from './hubConnection';

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
}

export type HubStatus =
  | { readonly kind: 'ready' }
  | { readonly kind: 'busy'; readonly text: string }
  /** Can be opened; `text` says so, `command` is what a click does. */
  | { readonly kind: 'off'; readonly text: string; readonly command: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly command: string };

/** Where hubs come from: saved connection strings, the local hub, later Azure subscriptions. */
export interface HubSource {
  readonly onDidChange: Event<void>;
  hubs(): readonly Hub[];
  /** Makes the hub ready when it is not, and hands out its connection; for one call, not to be kept. */
  connection(hubId: string, signal?: AbortSignal): Promise<HubConnection>;
  /** Someone opened the hub in the tree. */
  opened?(hubId: string): void;
}
