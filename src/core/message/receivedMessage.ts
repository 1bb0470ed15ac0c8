/** A message as received from the hub. */
export interface ReceivedMessage {
  readonly partitionId: string;
  readonly sequenceNumber: number;
  /** Milliseconds. */
  readonly enqueuedAt: number;
  readonly deviceId?: string;
  readonly moduleId?: string;
  /** `Telemetry`, or e.g. `twinChangeEvents`. */
  readonly source?: string;
  readonly body: Uint8Array;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly systemProperties: Readonly<Record<string, unknown>>;
  readonly applicationProperties: Readonly<Record<string, unknown>>;
}
