import type { CertificateLogin, LoginMethod } from '../auth/authenticator';
import type { SubscribeFilter } from './topics';

/** The broker's side of one identity. */
export interface LiveConnection {
  /** Ends the connection; the reason goes to the log. */
  drop(reason: string): void;
  /** Whether a token signed for this device lets it in; false once the identity says otherwise. */
  readonly deviceId: string;
  /** When it logged in by certificate. */
  readonly certificateLogin: CertificateLogin | undefined;
  /** Absent before the login. */
  readonly loginMethod: LoginMethod | undefined;
}

/**
 * Who is connected, one connection for each identity, and the subscriptions of those who asked to keep
 * theirs. They outlive the connection: the Azure SDKs reconnect with CleanSession=0 when they renew a token
 * and do not subscribe again.
 */
export class Sessions {
  private readonly live = new Map<string, LiveConnection>();
  private readonly kept = new Map<string, Set<SubscribeFilter>>();

  constructor(private readonly onPresence: (deviceId: string, connected: boolean) => void) {}

  get size(): number {
    return this.live.size;
  }

  /** Takes the identity over; the connection that had it is dropped, as the service does (400027). */
  enter(
    identity: string,
    connection: LiveConnection,
    clean: boolean,
  ): { readonly present: boolean; readonly filters: Set<SubscribeFilter> } {
    const previous = this.live.get(identity);
    this.live.set(identity, connection);
    previous?.drop('a newer connection of the same device took over');
    const kept = clean ? undefined : this.kept.get(identity);
    const filters = kept ?? new Set<SubscribeFilter>();
    if (clean) this.kept.delete(identity);
    else this.kept.set(identity, filters);
    if (!previous) this.onPresence(connection.deviceId, true);
    return { present: kept !== undefined, filters };
  }

  leave(identity: string, connection: LiveConnection): void {
    if (this.live.get(identity) !== connection) return;
    this.live.delete(identity);
    this.onPresence(connection.deviceId, false);
  }

  /** Ends every connection of a device whose identity was deleted, disabled or changed. */
  dropDevice(deviceId: string, reason: string): void {
    for (const connection of [...this.live.values()])
      if (connection.deviceId === deviceId) connection.drop(reason);
  }

  /** Ends the connections by certificate that would not be let in any more. */
  dropUnlessAllowed(isAllowed: (deviceId: string, login: CertificateLogin) => boolean, reason: string): void {
    for (const connection of [...this.live.values()]) {
      const { certificateLogin, deviceId } = connection;
      if (certificateLogin && !isAllowed(deviceId, certificateLogin)) connection.drop(reason);
    }
  }

  /** Ends the connections that came this way. */
  dropLoginsBy(method: LoginMethod, reason: string): void {
    for (const connection of [...this.live.values()])
      if (connection.loginMethod === method) connection.drop(reason);
  }

  forget(deviceId: string): void {
    for (const identity of [...this.kept.keys()]) {
      if (identity === deviceId || identity.startsWith(`${deviceId}/`)) this.kept.delete(identity);
    }
  }

  dropAll(reason: string): void {
    for (const connection of [...this.live.values()]) connection.drop(reason);
  }
}
