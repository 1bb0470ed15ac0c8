import type { Authenticator } from './auth/authenticator';
import type { LogLevel } from './control/contract';
import type { CaCertificates } from './state/caCertificates';
import type { DailyQuota } from './state/dailyQuota';
import type { DeviceRegistry } from './state/deviceRegistry';
import type { EventLog } from './state/eventLog';
import type { Policies } from './state/policies';

/** What every wire stands on. */
export interface HubContext {
  readonly hubName: string;
  /** What clients dial: `localhost`. */
  readonly hostName: string;
  /** Entity path of the Event Hubs-compatible endpoint; not the hub's name, as on Azure. */
  readonly eventHubName: string;
  readonly createdAtMs: number;
  readonly registry: DeviceRegistry;
  readonly certificates: CaCertificates;
  readonly policies: Policies;
  readonly events: EventLog;
  readonly quota: DailyQuota;
  readonly authenticator: Authenticator;
  readonly now: () => number;
  /** Diagnostics: never a key, token or payload. */
  readonly log: (level: LogLevel, text: string) => void;
  /** Known once the listeners are open. */
  readonly ports: {
    readonly mqtt: number;
    readonly https: number;
    readonly amqp: number;
    readonly amqpPlain: number;
  };
}
