import type { Authenticator } from './auth/authenticator';
import type { EntraAccess } from './auth/entra';
import type { LogLevel } from './control/contract';
import type { Access } from './state/access';
import type { CaCertificates } from './state/caCertificates';
import type { ConsumerGroups } from './state/consumerGroups';
import type { DailyQuota } from './state/dailyQuota';
import type { DeviceRegistry } from './state/deviceRegistry';
import type { EventLog } from './state/eventLog';
import type { Policies } from './state/policies';
import type { Routing } from './state/routing';
import type { Throttle } from './state/throttle';

/** The state of a hub, which all protocols share. */
export interface HubContext {
  readonly hubName: string;
  /** What clients connect to: `localhost`, or the address that the hub has of its own. Known once the ports are open. */
  readonly hostName: string;
  /** Entity path of the Event Hubs-compatible endpoint; not the hub's name, as on Azure. */
  readonly eventHubName: string;
  readonly createdAtMs: number;
  readonly access: Access;
  /** Absent if only keys are accepted. */
  readonly entra?: EntraAccess;
  readonly registry: DeviceRegistry;
  readonly certificates: CaCertificates;
  readonly policies: Policies;
  readonly events: EventLog;
  readonly consumerGroups: ConsumerGroups;
  readonly routing: Routing;
  readonly quota: DailyQuota;
  readonly throttle: Throttle;
  readonly authenticator: Authenticator;
  readonly now: () => number;
  /** Diagnostics, without keys, tokens and payloads. */
  readonly log: (level: LogLevel, text: string) => void;
  /** The ports of that host, known once they are open. `https` accepts every protocol; a hub that has only that port uses it for all. */
  readonly ports: {
    readonly mqtt: number;
    readonly https: number;
    readonly amqp: number;
    /** 0 if there is none. */
    readonly amqpPlain: number;
  };
}
