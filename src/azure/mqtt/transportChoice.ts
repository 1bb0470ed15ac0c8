import { IotError } from '../../core/errors';
import { type Transport, type TransportChoice } from '../../core/message/deviceSession';
import { endsForGood } from './mqttFailure';

/** Nothing came through to the hub on this way; another way may get through. */
export class BlockedError extends IotError {}

const connectLimitMs = 15_000;
/** While there is another way to try, and nobody knows whether this one works. */
const firstLimitMs = 5_000;
/** In a row on the way that once worked, before both are tried again: the computer may be in another network. */
const maxBlocked = 3;

export type Attempt<T> = (transport: Transport, connectLimitMs: number) => Promise<T>;

/** Finds the way to the hub and stays with it as long as it works. */
export class TransportFinder {
  private worked: Transport | undefined;
  private blocked = 0;

  constructor(
    private readonly choice: TransportChoice,
    private readonly webSocketPort: number,
  ) {}

  /** @throws what `attempt` throws; when both ways failed, one error that says both. */
  async connect<T>(attempt: Attempt<T>): Promise<T> {
    if (this.choice !== 'auto' || this.worked) return this.connectBy(this.worked ?? this.choice, attempt);
    try {
      return await this.note('mqtt', attempt('mqtt', firstLimitMs));
    } catch (error) {
      if (!(error instanceof BlockedError)) throw error;
      return this.fallBack(error, attempt);
    }
  }

  private async connectBy<T>(transport: TransportChoice, attempt: Attempt<T>): Promise<T> {
    const way = transport === 'webSocket' ? 'webSocket' : 'mqtt';
    try {
      return await this.note(way, attempt(way, connectLimitMs));
    } catch (error) {
      if (error instanceof BlockedError && ++this.blocked >= maxBlocked) this.worked = undefined;
      if (this.choice !== 'mqtt' || !(error instanceof BlockedError)) throw error;
      throw new IotError(
        error.code,
        `${error.message} MQTT over WebSockets (port ${this.webSocketPort}) may get through.`,
        { cause: error },
      );
    }
  }

  private async fallBack<T>(first: IotError, attempt: Attempt<T>): Promise<T> {
    try {
      return await this.note('webSocket', attempt('webSocket', connectLimitMs));
    } catch (second) {
      // A refusal came from the hub or the proxy itself: that MQTT was blocked no longer matters.
      if (!(second instanceof IotError) || endsForGood(second)) throw second;
      throw new IotError(
        second.code,
        `Neither MQTT nor MQTT over WebSockets gets through. ${first.message} ${second.message}`,
        { cause: new AggregateError([first, second]) },
      );
    }
  }

  private async note<T>(transport: Transport, attempt: Promise<T>): Promise<T> {
    const connected = await attempt;
    this.worked = transport;
    this.blocked = 0;
    return connected;
  }
}
