import rhea, { type Dictionary } from 'rhea';
import { offsetOf, type PartitionState } from '../state/eventLog';
import type { StoredEvent } from '../state/events';

const { types, message } = rhea;

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;

/** A time without a zone is in UTC, as in the service; undefined for any other text. */
function timestamp(text: string | undefined): Date | undefined {
  const match = text === undefined ? null : isoTime.exec(text);
  if (!match) return undefined;
  const date = new Date(match[1] === undefined ? `${match[0]}Z` : match[0]);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Omits absent keys: rhea would encode `undefined` as null. */
function present(entries: Readonly<Record<string, unknown>>): Dictionary<unknown> {
  const result: Dictionary<unknown> = {};
  for (const key of Object.keys(entries)) if (entries[key] !== undefined) result[key] = entries[key];
  return result;
}

function annotations(event: StoredEvent): Dictionary<unknown> {
  const { system } = event;
  return present({
    'iothub-connection-device-id': event.deviceId,
    'iothub-connection-module-id': event.moduleId,
    'iothub-connection-auth-method': event.authMethod,
    'iothub-connection-auth-generation-id': event.generationId,
    'iothub-enqueuedtime': types.wrap_timestamp(event.enqueuedTime),
    'iothub-message-source': event.source,
    'iothub-interface-id': system.interfaceId,
    'iothub-outputname': system.outputName,
    'dt-dataschema': event.modelId,
    'dt-subject': system.subject,
    'x-opt-sequence-number': types.wrap_long(event.sequenceNumber),
    'x-opt-offset': offsetOf(event.sequenceNumber),
    'x-opt-enqueued-time': types.wrap_timestamp(event.enqueuedTime),
  });
}

/** Offset of the newest event; the service's value if there never was one. */
export const lastOffset = (state: PartitionState): string =>
  state.lastSequenceNumber < 0 ? '-1' : offsetOf(state.lastSequenceNumber);

/** The service returns .NET's earliest time if there never was an event. */
export const lastEnqueuedTime = (state: PartitionState): number =>
  state.lastSequenceNumber < 0 ? Date.parse('0001-01-01T00:00:00Z') : state.lastEnqueuedTime;

/** Partition state sent with each delivery to readers that asked for it. */
export function runtimeMetrics(state: PartitionState, nowMs: number): Dictionary<unknown> {
  return {
    last_enqueued_sequence_number: types.wrap_long(state.lastSequenceNumber),
    last_enqueued_offset: lastOffset(state),
    last_enqueued_time_utc: types.wrap_timestamp(lastEnqueuedTime(state)),
    runtime_info_retrieval_time_utc: types.wrap_timestamp(nowMs),
  };
}

/** Application properties; texts of the device are delivered as it sent them. */
function applicationProperties(
  { system, properties }: StoredEvent,
  expiryTime: Date | undefined,
): Dictionary<unknown> {
  return {
    ...properties,
    ...present({
      'iothub-creation-time-utc': system.creationTime,
      // The field of AMQP holds only times.
      '$.exp': expiryTime ? undefined : system.absoluteExpiryTime,
    }),
  };
}

/** An event in the service's message layout. */
export function encodeEvent(event: StoredEvent, deliveryAnnotations?: Dictionary<unknown>): Buffer {
  const { system } = event;
  const expiryTime = timestamp(system.absoluteExpiryTime);
  const properties = applicationProperties(event, expiryTime);
  return message.encode({
    ...present({
      delivery_annotations: deliveryAnnotations,
      message_id: system.messageId,
      correlation_id: system.correlationId,
      user_id: system.userId === undefined ? undefined : Buffer.from(system.userId),
      to: system.to,
      content_type: system.contentType,
      content_encoding: system.contentEncoding,
      absolute_expiry_time: expiryTime,
    }),
    message_annotations: annotations(event),
    application_properties: Object.keys(properties).length > 0 ? properties : undefined,
    body: message.data_section(event.body) as unknown,
  });
}

const generationBytes = 2 * 1024 * 1024;

/**
 * Encodes each event once for all readers that read it at about the same time. It has two generations, because removing
 * single old entries from a `Map` becomes slower with each one.
 */
export class EncodedEvents {
  private young = new Map<string, Buffer>();
  private old = new Map<string, Buffer>();
  private youngBytes = 0;

  get(event: StoredEvent): Buffer {
    const key = `${event.partition}:${event.sequenceNumber}`;
    const known = this.young.get(key) ?? this.old.get(key);
    if (known) return known;
    const bytes = encodeEvent(event);
    this.young.set(key, bytes);
    this.youngBytes += bytes.length;
    if (this.youngBytes > generationBytes) {
      this.old = this.young;
      this.young = new Map();
      this.youngBytes = 0;
    }
    return bytes;
  }
}
