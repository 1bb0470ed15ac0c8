import * as l10n from '@vscode/l10n';
import { IotError } from '../../core/errors';
import { type Transport, type TransportChoice } from '../../core/message/deviceSession';
import { endsForGood } from './mqttFailure';

/** The hub was not reached over this transport; another one may work. */
export class BlockedError extends IotError {}

const connectLimitMs = 15_000;
/** While there is another transport to try, and it is unknown whether this one works. */
const firstLimitMs = 5_000;
/** Failures in a row of a transport that once worked, before both are tried again: the network may have changed. */
const maxBlocked = 3;

export type Attempt<T> = (transport: Transport, connectLimitMs: number) => Promise<T>;

/** Finds a working transport and keeps it as long as it works. */
export class TransportFinder {
  private worked: Transport | undefined;
  private blocked = 0;

  constructor(
    private readonly choice: TransportChoice,
    private readonly webSocketPort: number,
  ) {}

  /** @throws what `attempt` throws; when both transports fail, one error with both causes. */
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
    const used = transport === 'webSocket' ? 'webSocket' : 'mqtt';
    try {
      return await this.note(used, attempt(used, connectLimitMs));
    } catch (error) {
      if (error instanceof BlockedError && ++this.blocked >= maxBlocked) this.worked = undefined;
      if (this.choice !== 'mqtt' || !(error instanceof BlockedError)) throw error;
      throw new IotError(
        error.code,
        l10n.t('{0} MQTT over WebSockets (port {1}) may work.', error.message, this.webSocketPort),
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
        l10n.t('Neither MQTT nor MQTT over WebSockets can connect. {0} {1}', first.message, second.message),
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
