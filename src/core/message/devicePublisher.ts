import { type MqttSettings } from '../mqtt/mqttSettings';

export interface Receipt {
  /** From the first byte of the connection to the hub's acknowledgement. */
  readonly totalMs: number;
  /** From sending the message to its acknowledgement. */
  readonly acknowledgedMs: number;
}

/** Sends one message as a device. Every failure is an `IotError`. */
export interface DevicePublisher {
  /** @param passphrase of an encrypted key. @throws IotError `wrongPassphrase` when it does not open the key. */
  publish(
    settings: MqttSettings,
    payload: string,
    passphrase?: string,
    signal?: AbortSignal,
  ): Promise<Receipt>;
}
