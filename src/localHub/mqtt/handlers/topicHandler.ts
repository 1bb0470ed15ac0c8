import type { AuthenticatedDevice } from '../../auth/authenticator';
import type { HubContext } from '../../context';
import type { TelemetryIngest } from '../telemetryIngest';
import type { ConnectUserName } from '../userName';

/** Whose connection it is. */
export interface DeviceIdentity {
  readonly deviceId: string;
  readonly moduleId?: string;
}

/** What a device may subscribe to, whatever topic filter it wrote. */
export type Subscription = 'cloudToDevice' | 'twinResponses' | 'desiredProperties' | 'directMethods';

export interface PublishedMessage {
  readonly payload: Buffer;
  readonly retain: boolean;
  /** Sends the PUBACK at QoS 1; does nothing at QoS 0. */
  readonly acknowledge: () => void;
}

/** The live connection, as topic handlers see it. */
export interface DeviceSession {
  readonly context: HubContext;
  readonly device: AuthenticatedDevice;
  /** `device.deviceId` and the module, as the client named them. */
  readonly name: ConnectUserName;
  readonly subscriptions: ReadonlySet<Subscription>;
  readonly telemetry: TelemetryIngest;
  /** Publishes to the device, at QoS 0. */
  deliver(topic: string, payload: string | Buffer): void;
  /** Ends the connection; the reason goes to the log. */
  drop(reason: string): void;
}

/** One feature of the hub's MQTT endpoint, with the topics it owns. */
export interface TopicHandler {
  /** How to handle a PUBLISH to this topic; undefined when the topic belongs to another handler. */
  readonly matchTopic?: (
    topic: string,
    identity: DeviceIdentity,
  ) => ((message: PublishedMessage, session: DeviceSession) => void) | undefined;
  /** The subscription that a topic filter stands for; undefined when it belongs to another handler. */
  readonly matchFilter?: (filter: string, identity: DeviceIdentity) => Subscription | undefined;
}

/** `devices/{deviceId}[/modules/{moduleId}]` */
export const identityTopic = ({ deviceId, moduleId }: DeviceIdentity): string =>
  `devices/${deviceId}${moduleId === undefined ? '' : `/modules/${moduleId}`}`;
