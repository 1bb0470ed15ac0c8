import * as v from 'valibot';

/** Maximum size of body, values of system properties, names and values of application properties. */
export const maxMessageBytes = 262_144;

const shortText = v.pipe(v.string(), v.maxLength(4_096));

export const propertySchema = v.object({ name: shortText, value: shortText });

const bodySchema = v.variant('kind', [
  v.object({ kind: v.literal('json'), text: v.pipe(v.string(), v.maxLength(2_000_000)) }),
  v.object({ kind: v.literal('text'), text: v.pipe(v.string(), v.maxLength(2_000_000)) }),
  /** Absolute path of a file that is sent unchanged. */
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
  /** Messages per device; `null`: until stopped. */
  count: v.nullable(wholeWithin(limits.count)),
  pace: v.variant('kind', [
    /** Interval per device, in milliseconds. */
    v.object({ kind: v.literal('interval'), ms: wholeWithin(limits.intervalMs) }),
    /** Messages per second (all devices). */
    v.object({ kind: v.literal('rate'), perSecond: within(limits.perSecond) }),
  ]),
  /** Seed for reproducible values. */
  seed: v.nullable(v.pipe(v.number(), v.safeInteger())),
});

/** The content of the publish panel, without secrets. Texts may contain `{{ placeholders }}`. */
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
  /** Whether the arrival of each message at the hub is tracked. */
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
