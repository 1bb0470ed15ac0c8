import type { ArmSettings } from '../arm/index';
import type { HubAddresses, LogLevel, PortName } from '../control/contract';
import type { Problems } from '../control/problems';
import type { Durability, SqlEngine } from '../state/database';
import type { UnauthenticatedLimits } from '../unauthenticatedSockets';

/** What the account and its hubs are started with. */
export interface AccountOptions extends ArmSettings {
  readonly dataFolder: string;
  readonly ports: Readonly<Record<PortName, number>>;
  /** Whether a port in use is replaced by a free one; otherwise it fails the start. */
  readonly movePorts: boolean;
  /** Address to listen on; loopback unless the user asked for another. */
  readonly listenAddress: string;
  /** Whether hubs created in ARM get an address of their own, if the system permits it; `off` unless given. */
  readonly hubAddresses?: HubAddresses;
  readonly sample: boolean;
  readonly partitionCount: number;
  readonly retentionMs: number;
  readonly maxBytes: number;
  /** Messages of 4 KB that the hub accepts per day; undefined for no limit. */
  readonly dailyQuota?: number;
  /** Device-to-cloud messages that the hub accepts per second; undefined for no limit. */
  readonly messagesPerSecond?: number;
  /** Lifetime of a bearer token. */
  readonly armTokenSeconds?: number;
  /** How long a hub stays in a transitional state while it is created or deleted. */
  readonly armPhaseMs?: number;
  readonly sqlEngine?: SqlEngine;
  /** `normal` unless given. */
  readonly durability?: Durability;
  /** How long after its expiry a SAS token is accepted; 5 minutes unless given. */
  readonly tokenToleranceMs?: number;
  readonly problems?: Problems;
  readonly firstByteTimeoutMs?: number;
  readonly unauthenticatedLimits?: Partial<UnauthenticatedLimits>;
  readonly now?: () => number;
  readonly log: (level: LogLevel, text: string) => void;
}
