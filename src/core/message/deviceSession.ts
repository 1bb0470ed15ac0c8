import { type MqttSettings } from '../mqtt/mqttSettings';

/** `auto` starts with MQTT and falls back to WebSockets if its port is blocked. */
export type TransportChoice = 'auto' | Transport;
/** MQTT over TLS (8883), or MQTT over WebSockets over TLS (443, `/$iothub/websocket`). */
export type Transport = 'mqtt' | 'webSocket';

export interface SessionRequest {
  /** Called before each connection, so that each has a new token. The result contains a secret. */
  settings(): MqttSettings;
  /** Of an encrypted key. */
  readonly passphrase?: string;
  readonly transport: TransportChoice;
  /** HTTPS port of the hub, which serves MQTT over WebSockets; `settings().port` is the MQTT port. */
  readonly webSocketPort: number;
  /** Proxy for WebSockets, `http://[user:password@]host:port`; none means a direct connection. */
  readonly proxy?: string;
  /** Maximum number of unacknowledged QoS 1 messages. */
  readonly maxInFlight: number;
  onState(state: SessionState): void;
}

export type SessionState =
  | { readonly kind: 'connecting' }
  /** `expiresAt` of its token in milliseconds; none with a certificate. */
  | { readonly kind: 'connected'; readonly transport: Transport; readonly expiresAt?: number }
  /** The connection was lost or could not be established, and is retried. */
  | { readonly kind: 'waiting'; readonly reason: Error; readonly retryInMs: number }
  /** The session has ended; `reason` is absent if it was closed by `close`. */
  | { readonly kind: 'ended'; readonly reason?: Error };

export interface DeviceMessage {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos: 0 | 1;
}

export interface Delivery {
  /** Time from the call to the acknowledgement of the hub (QoS 1) or the socket (QoS 0), including resends. */
  readonly acknowledgedMs: number;
  /** How often it was sent; more than once after a lost connection. */
  readonly sends: number;
}

/**
 * The connection of one device to its hub. It reconnects after a failure and before its token expires.
 * Unacknowledged QoS 1 messages are then resent in order, so that each is delivered at least once. Every failure is
 * an `IotError`.
 */
export interface DeviceSession {
  /** Resolves when `publish` would send immediately: connected, with fewer than `maxInFlight` messages in flight. @throws IotError when the session has ended */
  ready(signal?: AbortSignal): Promise<void>;
  /** @throws IotError when the session ended before the acknowledgement, the abort error when the signal fired first */
  publish(message: DeviceMessage, signal?: AbortSignal): Promise<Delivery>;
  /** Does not wait: messages in flight are rejected. Safe to call twice. */
  close(): Promise<void>;
}

/** Opens sessions; the MQTT library is loaded with the first one. */
export interface DeviceSessions {
  open(request: SessionRequest): Promise<DeviceSession>;
}
