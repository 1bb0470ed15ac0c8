import * as v from 'valibot';
import { draftSchema, limits, propertySchema, repeatSchema, transportSchema } from './draft';

const text = (description: string) =>
  v.optional(v.pipe(propertySchema.entries.value, v.description(description)));
const deviceId = v.pipe(v.string(), v.minLength(1), v.maxLength(128));

/**
 * A message as a file in a workspace. `media/d2cMessage.schema.json` is generated from this schema; a test verifies
 * that they match. Descriptions are English, since VS Code does not translate JSON schemas of extensions.
 */
export const messageFileSchema = v.pipe(
  v.strictObject({
    $schema: v.optional(v.string()),
    devices: v.optional(
      v.pipe(
        v.union([deviceId, v.pipe(v.array(deviceId), v.maxLength(limits.devices))]),
        v.description(
          'Devices that send the message: a device ID, a pattern with * (any characters), or a list of IDs and patterns.',
        ),
      ),
    ),
    body: v.optional(
      v.pipe(
        v.any(),
        v.description(
          'Body as JSON. A string that consists of one placeholder, such as "{{ random(20, 30) }}", is replaced by its value.',
        ),
      ),
    ),
    text: v.optional(v.pipe(v.string(), v.description('Body as text, instead of `body`.'))),
    bodyFile: v.optional(
      v.pipe(
        v.string(),
        v.minLength(1),
        v.description('Path of a file with the body, relative to this file, instead of `body`.'),
      ),
    ),
    contentType: text('Content type. Default for a JSON body: `application/json`.'),
    contentEncoding: text('Content encoding. Default for a JSON body: `utf-8`.'),
    messageId: text('Message ID. Default: a new UUID for each message.'),
    correlationId: text('Correlation ID.'),
    properties: v.optional(
      v.pipe(
        v.record(propertySchema.entries.name, propertySchema.entries.value),
        v.description('Application properties.'),
      ),
    ),
    qos: v.optional(
      v.pipe(
        draftSchema.entries.qos,
        v.description('MQTT quality of service. 1: the hub acknowledges the message. 0: no acknowledgement.'),
      ),
    ),
    transport: v.optional(
      v.pipe(
        transportSchema,
        v.description('`auto`: MQTT, with fallback to WebSockets if its port is blocked.'),
      ),
    ),
    tokenSeconds: v.optional(
      v.pipe(draftSchema.entries.tokenSeconds, v.description('Validity of SAS tokens, in seconds.')),
    ),
    repeat: v.optional(
      v.pipe(
        v.strictObject({
          count: v.optional(
            v.pipe(
              repeatSchema.entries.count.wrapped,
              v.description('Messages per device. Default: until stopped.'),
            ),
          ),
          intervalMs: v.optional(
            v.pipe(
              v.number(),
              v.integer(),
              v.minValue(limits.intervalMs.min),
              v.maxValue(limits.intervalMs.max),
              v.description('Interval per device, in milliseconds.'),
            ),
          ),
          perSecond: v.optional(
            v.pipe(
              v.number(),
              v.minValue(limits.perSecond.min),
              v.maxValue(limits.perSecond.max),
              v.description('Messages per second (all devices), instead of `intervalMs`.'),
            ),
          ),
          seed: v.optional(v.pipe(v.number(), v.integer(), v.description('Seed for reproducible values.'))),
        }),
        v.description('How the message is repeated by `Start Repeating`.'),
      ),
    ),
  }),
  v.description('Device-to-cloud message of IoT Hub Workbench.'),
);

/** A message file that matches the schema. */
export type MessageFile = v.InferOutput<typeof messageFileSchema>;
