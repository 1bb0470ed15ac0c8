import * as v from 'valibot';

/** What a message may weigh: body, values of system properties, names and values of application properties. */
export const maxMessageBytes = 262_144;

const shortText = v.pipe(v.string(), v.maxLength(4_096));

export const propertySchema = v.object({ name: shortText, value: shortText });

const bodySchema = v.variant('kind', [
  v.object({ kind: v.literal('json'), text: v.pipe(v.string(), v.maxLength(2_000_000)) }),
  v.object({ kind: v.literal('text'), text: v.pipe(v.string(), v.maxLength(2_000_000)) }),
  /** Absolute path of a file that is sent byte by byte. */
  v.object({ kind: v.literal('file'), path: shortText }),
]);

export const limits = {
  tokenSeconds: { min: 60, max: 31_536_000 },
  count: { min: 1, max: 100_000_000 },
  intervalMs: { min: 1, max: 86_400_000 },
  perSecond: { min: 0.01, max: 10_000 },
  devices: 2_000,
} as const;

const within = ({ min, max }: { readonly min: number; readonly max: number }) =>
  v.pipe(v.number(), v.minValue(min), v.maxValue(max));
const wholeWithin = (range: { readonly min: number; readonly max: number }) =>
  v.pipe(within(range), v.integer());

export const transportSchema = v.picklist(['auto', 'mqtt', 'webSocket']);

export const repeatSchema = v.object({
  /** Messages of each device; `null` goes on until it is stopped. */
  count: v.nullable(wholeWithin(limits.count)),
  pace: v.variant('kind', [
    /** Milliseconds between two messages of a device. */
    v.object({ kind: v.literal('interval'), ms: wholeWithin(limits.intervalMs) }),
    /** Messages a second of all devices together. */
    v.object({ kind: v.literal('rate'), perSecond: within(limits.perSecond) }),
  ]),
  /** The same seed gives the same values again. */
  seed: v.nullable(v.pipe(v.number(), v.safeInteger())),
});

/** What is typed into the publish panel: all of it, and no secret. Texts may hold `{{ placeholders }}`. */
export const draftSchema = v.object({
  devices: v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(128))), v.maxLength(limits.devices)),
  tokenSeconds: wholeWithin(limits.tokenSeconds),
  transport: transportSchema,
  body: bodySchema,
  contentType: shortText,
  contentEncoding: shortText,
  messageId: shortText,
  correlationId: shortText,
  properties: v.pipe(v.array(propertySchema), v.maxLength(200)),
  qos: v.picklist([0, 1]),
  repeat: repeatSchema,
  /** Whether each message is looked for among the hub's events. */
  watchArrival: v.boolean(),
});

export type PublishDraft = v.InferOutput<typeof draftSchema>;
export type Repeat = v.InferOutput<typeof repeatSchema>;

export const sampleBody = `{
  "temperature": 21.5,
  "humidity": 48
}`;

export function newDraft(devices: readonly string[], tokenSeconds: number): PublishDraft {
  return {
    devices: [...devices],
    tokenSeconds,
    transport: 'auto',
    body: { kind: 'json', text: sampleBody },
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    messageId: '{{ uuid() }}',
    correlationId: '',
    properties: [],
    qos: 1,
    repeat: { count: 10, pace: { kind: 'interval', ms: 1_000 }, seed: null },
    watchArrival: true,
  };
}
