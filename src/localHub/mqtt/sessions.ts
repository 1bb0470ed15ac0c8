import type { AuthenticationMethod, CertificateCredential } from '../auth/authenticator';
import type { Subscription } from './handlers/topicHandler';

/** The connection of one identity. */
export interface LiveConnection {
  /** Closes the connection; the reason goes to the log. */
  drop(reason: string): void;
  /** Publishes to the device, at QoS 0. */
  deliver(topic: string, payload: string | Buffer): void;
  readonly deviceId: string;
  /** Absent unless it authenticated by certificate. */
  readonly certificate: CertificateCredential | undefined;
  /** Absent before CONNECT. */
  readonly authenticationMethod: AuthenticationMethod | undefined;
}

/**
 * The live connections, one for each identity, and the subscriptions of persistent sessions. These outlive the
 * connection: the Azure SDKs reconnect with CleanSession=0 when they renew a token, and do not subscribe again.
 */
export class Sessions {
  private readonly live = new Map<string, LiveConnection>();
  private readonly persistent = new Map<string, Set<Subscription>>();

  constructor(private readonly onPresence: (deviceId: string, connected: boolean) => void) {}

  get size(): number {
    return this.live.size;
  }

  /** Makes this the connection of the identity; the previous one is closed, as in the service (400027). */
  enter(
    identity: string,
    connection: LiveConnection,
    cleanSession: boolean,
  ): { readonly isPresent: boolean; readonly subscriptions: Set<Subscription> } {
    const previous = this.live.get(identity);
    this.live.set(identity, connection);
    previous?.drop('replaced by a newer connection of the same device');
    const stored = cleanSession ? undefined : this.persistent.get(identity);
    const subscriptions = stored ?? new Set<Subscription>();
    if (cleanSession) this.persistent.delete(identity);
    else this.persistent.set(identity, subscriptions);
    if (!previous) this.onPresence(connection.deviceId, true);
    return { isPresent: stored !== undefined, subscriptions };
  }

  leave(identity: string, connection: LiveConnection): void {
    if (this.live.get(identity) !== connection) return;
    this.live.delete(identity);
    this.onPresence(connection.deviceId, false);
  }

  /** Closes every connection of a device whose identity was deleted, disabled or changed. */
  dropDevice(deviceId: string, reason: string): void {
    for (const connection of [...this.live.values()])
      if (connection.deviceId === deviceId) connection.drop(reason);
  }

  /** Closes the connections whose certificate no longer authenticates the device. */
  dropRevoked(
    isAuthorized: (deviceId: string, certificate: CertificateCredential) => boolean,
    reason: string,
  ): void {
    for (const connection of [...this.live.values()]) {
      const { certificate, deviceId } = connection;
      if (certificate && !isAuthorized(deviceId, certificate)) connection.drop(reason);
    }
  }

  /** Closes the connections that authenticated this way. */
  dropAuthenticatedBy(method: AuthenticationMethod, reason: string): void {
    for (const connection of [...this.live.values()])
      if (connection.authenticationMethod === method) connection.drop(reason);
  }

  forget(deviceId: string): void {
    for (const identity of [...this.persistent.keys()]) {
      if (identity === deviceId || identity.startsWith(`${deviceId}/`)) this.persistent.delete(identity);
    }
  }

  dropAll(reason: string): void {
    for (const connection of [...this.live.values()]) connection.drop(reason);
  }
}
