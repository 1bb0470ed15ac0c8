import type { HubContext } from '../context';
import type { ConsumerGroups } from '../state/consumerGroups';
import type { EventReaders } from './eventReaders';
import type { EncodedEvents } from './message';

/** What the event readers of all connections share. */
export interface EventEndpoint {
  readonly context: HubContext;
  readonly groups: ConsumerGroups;
  readonly readers: EventReaders;
  readonly encoded: EncodedEvents;
}
