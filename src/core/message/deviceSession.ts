import { type MqttSettings } from '../mqtt/mqttSettings';

/** `auto` begins with MQTT and goes over to WebSockets when nothing answers on its port. */
export type TransportChoice = 'auto' | Transport;
/** MQTT over TLS (8883), or MQTT over WebSockets over TLS (443, `/$iothub/websocket`). */
export type Transport = 'mqtt' | 'webSocket';

export interface SessionRequest {
  /** Asked before each connection, so that each has a token of its own. Holds a secret. */
  settings(): MqttSettings;
  /** Of an encrypted key. */
  readonly passphrase?: string;
  readonly transport: TransportChoice;
  /** Of the hub's HTTPS, where MQTT over WebSockets is; `settings().port` is that of MQTT. */
  readonly webSocketPort: number;
  /** Proxy for WebSockets, `http://[user:password@]host:port`; none means a direct connection. */
  readonly proxy?: string;
  /** QoS 1 messages that may wait for their acknowledgement at once. */
  readonly maxInFlight: number;
  onState(state: SessionState): void;
}

export type SessionState =
  | { readonly kind: 'connecting' }
  /** `expiresAt` of its token in milliseconds; none with a certificate. */
  | { readonly kind: 'connected'; readonly transport: Transport; readonly expiresAt?: number }
  /** The connection broke or did not come about, and is tried again. */
  | { readonly kind: 'waiting'; readonly reason: Error; readonly retryInMs: number }
  /** It ended for good; `reason` is missing when it was closed by `close`. */
  | { readonly kind: 'ended'; readonly reason?: Error };

export interface DeviceMessage {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos: 0 | 1;
}

export interface Delivery {
  /** From handing the message over to the hub's acknowledgement (QoS 1), or to the socket's (QoS 0); times of resending included. */
  readonly acknowledgedMs: number;
  /** How often it was sent; more than once after a broken connection. */
  readonly sends: number;
}

/**
 * One device's connection to its hub. It comes back by itself after it breaks and before its token
 * expires; QoS 1 messages that are not acknowledged by then are sent again, in their order, so each that
 * resolved has reached the hub and none is lost (at least once). Every failure is an `IotError`.
 */
export interface DeviceSession {
  /** Resolves when `publish` would send at once: connected, and fewer than `maxInFlight` under way. @throws IotError when the session ended */
  ready(signal?: AbortSignal): Promise<void>;
  /** @throws IotError when the session ended before the acknowledgement; the abort error when the signal was faster. */
  publish(message: DeviceMessage, signal?: AbortSignal): Promise<Delivery>;
  /** Waits for nothing: what is under way rejects. Safe to call twice. */
  close(): Promise<void>;
}

/** Opens sessions; the library behind it is loaded with the first. */
export interface DeviceSessions {
  open(request: SessionRequest): Promise<DeviceSession>;
}
