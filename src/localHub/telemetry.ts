import type { AuthenticatedDevice } from './auth/authenticator';
import type { HubContext } from './context';
import type { NewEvent, SystemProperties } from './state/events';

export const maxMessageBytes = 256 * 1024;

/** A message that would have to wait longer to keep to the rate of the hub is refused. */
export const maxShapingMs = 10_000;

export interface MessageProperties {
  readonly system: SystemProperties;
  readonly properties: Readonly<Record<string, string>>;
}

export interface TelemetryMessage extends MessageProperties {
  readonly body: Uint8Array;
}

/** The size that the limit of 256 KB applies to: body, values of system properties, names and values of others. */
export function messageSize({ body, system, properties }: TelemetryMessage): number {
  let size = body.length;
  for (const value of Object.values<string>({ ...system })) size += Buffer.byteLength(value);
  for (const [name, value] of Object.entries(properties))
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
  return size;
}

export interface TelemetrySender extends Pick<AuthenticatedDevice, 'device' | 'authMethod'> {
  readonly moduleId?: string;
  readonly modelId?: string;
}

/** Stores a device-to-cloud message. @param done called once it is on disk, or with the reason why it is not */
export function storeTelemetry(
  { registry, routing, events }: HubContext,
  { device, authMethod, moduleId, modelId }: TelemetrySender,
  { system, properties, body }: TelemetryMessage,
  done: (error?: Error) => void,
): void {
  registry.touch(device.deviceId);
  const event: NewEvent = {
    deviceId: device.deviceId,
    authMethod,
    generationId: device.generationId,
    source: 'Telemetry',
    ...(moduleId === undefined ? {} : { moduleId }),
    ...(modelId === undefined ? {} : { modelId }),
    system,
    properties,
    body,
  };
  if (routing.reachesBuiltIn(event)) events.append(event, done);
  else setImmediate(done);
}
