import { type MqttSettings } from '../mqtt/mqttSettings';

export interface Receipt {
  /** From the first byte of the connection to the hub's acknowledgement. */
  readonly totalMs: number;
  /** From sending the message to its acknowledgement. */
  readonly acknowledgedMs: number;
}

/** Sends one message as a device. Every failure is an `IotError`. */
export interface DevicePublisher {
  publish(settings: MqttSettings, payload: string, signal?: AbortSignal): Promise<Receipt>;
}
