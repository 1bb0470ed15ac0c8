import { type DeviceSummary } from '../device/device';
import { type HubQuota, type HubRouting } from '../hub/hubSettings';
import { type PartitionState } from './eventSource';

/** What is known about a hub whose monitor shows no messages. */
export interface SilenceEvidence {
  /** State of the monitor; `trouble`: why it was interrupted or has ended. */
  readonly monitor: {
    readonly kind: 'idle' | 'connecting' | 'live' | 'retrying' | 'stopping' | 'failed';
    readonly trouble?: string | undefined;
  };
  readonly consumerGroup: string;
  /** Earliest enqueued time that the monitor reads, in milliseconds; absent if it reads from the beginning. */
  readonly since?: number;
  /** Messages received since the monitor was started. */
  readonly received: number;
  /** The filter of the monitor, and how many messages it has hidden. */
  readonly hiding?: { readonly filter: string; readonly messages: number };
  /**
   * The first devices of the hub, or those that are monitored, or why they cannot be read; absent for an event
   * endpoint, which has no devices.
   */
  readonly devices?: readonly DeviceSummary[] | Error | undefined;
  /** Monitored devices that the hub does not have. */
  readonly missing?: readonly string[];
  /** From the management of the hub, if accessible. */
  readonly routing?: Pick<HubRouting, 'routes' | 'isFallbackOn'>;
  readonly quota?: HubQuota;
  readonly consumerGroups?: readonly string[];
  /** Partitions of the event endpoint, or why it cannot be read. */
  readonly partitions: readonly PartitionState[] | Error;
  readonly now: number;
}

export type Fix =
  | 'changeFilter'
  | 'startMonitoring'
  | 'registerDevice'
  | 'publishMessage'
  | 'startFromEarlier'
  | 'chooseConsumerGroup';

/** The result of one check. */
export interface Finding {
  readonly isCause: boolean;
  /** The finding; a cause includes what to do. */
  readonly text: string;
  readonly fix?: Fix;
}
