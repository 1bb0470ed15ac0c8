import type { AuthenticatedDevice } from '../auth/authenticator';
import type { HubContext } from '../context';
import {
  maxMessageBytes,
  maxShapingMs,
  messageSize,
  storeTelemetry,
  type MessageProperties,
} from '../telemetry';
import type { ConnectUserName } from './userName';

/** Messages of one connection that may wait for the disk before reading from its socket pauses. */
const maxUnstored = 1_000;
/** Messages of one connection that may wait for their turn before reading from its socket pauses. */
const maxShaped = 100;

export const quotaExceeded = 'the daily message quota is used up until midnight UTC';

/** The connection that messages arrive on. */
export interface TelemetryConnection {
  readonly isDestroyed: boolean;
  pause(): void;
  resume(): void;
  drop(reason: string): void;
}

/** Stores the device-to-cloud messages of one connection: size limit, daily quota, traffic shaping, back pressure. */
export class TelemetryIngest {
  private unstored = 0;
  private shaped = 0;

  constructor(
    private readonly context: HubContext,
    private readonly device: AuthenticatedDevice,
    private readonly name: ConnectUserName,
    private readonly connection: TelemetryConnection,
  ) {}

  /** @param onStored called once the message is on disk; a message that cannot be accepted ends the connection */
  accept(bag: MessageProperties, body: Buffer, onStored: () => void): void {
    const size = messageSize({ ...bag, body });
    if (size > maxMessageBytes) {
      this.connection.drop(`a message of ${size} bytes exceeds the limit of ${maxMessageBytes}`);
      return;
    }
    if (!this.context.quota.take(size)) {
      this.connection.drop(quotaExceeded);
      return;
    }
    this.shape(bag, body, onStored);
  }

  /** A message above the rate waits, and with it the connection; one that would wait too long ends it. */
  private shape(bag: MessageProperties, body: Buffer, onStored: () => void): void {
    const waitMs = this.context.throttle.take();
    if (waitMs > maxShapingMs) {
      this.connection.drop('messages arrive faster than the throttling limit of the hub allows');
      return;
    }
    if (waitMs === 0) {
      this.store(bag, body, onStored);
      return;
    }
    this.shaped++;
    if (this.shaped === maxShaped) this.connection.pause();
    setTimeout(() => {
      this.shaped--;
      if (this.shaped < maxShaped / 2) this.connection.resume();
      if (!this.connection.isDestroyed) this.store(bag, body, onStored);
    }, waitMs);
  }

  /** Stores a message that no limit applies to, such as a will. */
  store(bag: MessageProperties, body: Buffer, onStored: () => void): void {
    this.unstored++;
    if (this.unstored === maxUnstored) this.connection.pause();
    const done = (error?: Error): void => {
      this.unstored--;
      if (this.unstored < maxUnstored / 2) this.connection.resume();
      // MQTT 3.1.1 has no negative PUBACK: the client sees the closed connection and sends again.
      if (error) this.connection.drop(`a message could not be stored: ${error.message}`);
      else onStored();
    };
    storeTelemetry(this.context, { ...this.device, ...this.name }, { ...bag, body }, done);
  }
}
