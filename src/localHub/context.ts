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

/** What every wire stands on. */
export interface HubContext {
  readonly hubName: string;
  /** What clients dial: `localhost`. */
  readonly hostName: string;
  /** Entity path of the Event Hubs-compatible endpoint; not the hub's name, as on Azure. */
  readonly eventHubName: string;
  readonly createdAtMs: number;
  readonly access: Access;
  /** Absent where only keys count. */
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
  /** Diagnostics: never a key, token or payload. */
  readonly log: (level: LogLevel, text: string) => void;
  /** Known once the listeners are open. `https` takes every protocol; a hub with that port alone has it for all. */
  readonly ports: {
    readonly mqtt: number;
    readonly https: number;
    readonly amqp: number;
    /** 0: there is none. */
    readonly amqpPlain: number;
  };
}
