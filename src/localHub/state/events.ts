/** System properties of a device-to-cloud message, with their AMQP names. */
export interface SystemProperties {
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly userId?: string;
  readonly to?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** ISO 8601, as the device sent it. */
  readonly absoluteExpiryTime?: string;
  readonly creationTime?: string;
  /** `dt-subject`: the PnP component. */
  readonly subject?: string;
  readonly interfaceId?: string;
  readonly outputName?: string;
}

/** An event that is not stored yet. */
export interface NewEvent {
  readonly deviceId: string;
  readonly moduleId?: string;
  /** `iothub-connection-auth-method`, JSON text. */
  readonly authMethod: string;
  /** `iothub-connection-auth-generation-id`. */
  readonly generationId: string;
  /** `iothub-message-source`: `Telemetry`, `twinChangeEvents`, `deviceLifecycleEvents`, … */
  readonly source: string;
  /** `dt-dataschema`: the model id of the connection. */
  readonly modelId?: string;
  readonly system: SystemProperties;
  readonly properties: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An event in its partition. Sequence numbers increase by one in a partition, from 0, and never repeat. */
export interface StoredEvent extends NewEvent {
  readonly partition: number;
  readonly sequenceNumber: number;
  /** Milliseconds since 1970. */
  readonly enqueuedTime: number;
}
