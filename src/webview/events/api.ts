import * as v from 'valibot';
import { hubReferenceSchema, type WebviewContract } from '../protocol';

/*
 * Messages between the events view and its page. Each row has an ordinal, which increases from message to message of a
 * selection and does not change when older messages are added or discarded.
 */

const nothing = v.object({});
const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));

export const fieldSchema = v.object({ deviceId: text(256), path: text(512) });
export const tabs = ['messages', 'devices', 'chart'] as const;
/** Minutes of the histogram and of the chart. */
export const spans = [5, 15, 60] as const;

/** From the page to the extension. */
export const toHost = {
  /** Selects the messages that match; see `parseMessageFilter`. */
  search: v.object({ text: text(2_000) }),
  /** Requests rows from an ordinal. `rows` is the answer. */
  read: v.object({
    generation: v.number(),
    from: v.number(),
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)),
  }),
  /** Requests all of a message by its index. `detail` is the answer. */
  detail: v.object({ index: v.number() }),
  /** Finds the first row at or after a time in milliseconds. `position` is the answer. */
  find: v.object({ at: v.number() }),
  /** What is visible: only that is updated. */
  look: v.object({
    tab: v.picklist(tabs),
    minutes: v.picklist(spans),
    fields: v.pipe(v.array(fieldSchema), v.maxLength(20)),
  }),
  /** Requests the numeric fields of a device. `fields` is the answer. */
  fieldsOf: v.object({ deviceId: text(256) }),
  /** Opens the body as a document, or copies it. */
  openBody: v.object({ index: v.number(), form: v.picklist(['formatted', 'raw']) }),
  copyBody: v.object({ index: v.number() }),
  copyMessage: v.object({ index: v.number() }),
  toggleMonitor: nothing,
  toggleRecording: nothing,
  whyNoMessages: nothing,
} as const;

export const rowSchema = v.object({
  ordinal: v.number(),
  index: v.number(),
  at: v.number(),
  device: v.string(),
  source: v.string(),
  size: v.number(),
  /** A single line, truncated. */
  body: v.string(),
  properties: v.string(),
  partition: v.string(),
  sequenceNumber: v.number(),
  contentType: v.string(),
});

/** The source of the messages: a monitor of the hub or of some of its devices, or a recording. */
const sourceSchema = v.variant('kind', [
  v.object({ kind: v.literal('monitor'), deviceIds: v.optional(v.array(v.string())) }),
  v.object({ kind: v.literal('recording'), uri: v.string() }),
]);

export const stateSchema = v.object({
  title: v.string(),
  /** `null` for a recording. */
  hub: v.nullable(hubReferenceSchema),
  source: sourceSchema,
  status: v.object({
    kind: v.picklist(['idle', 'connecting', 'live', 'retrying', 'stopping', 'failed']),
    text: v.string(),
  }),
  /** `undefined` for a recording. */
  isRunning: v.optional(v.boolean()),
  isRecording: v.boolean(),
  /** Increases with each search, so that rows of an earlier search are recognized. */
  generation: v.number(),
  filter: v.string(),
  /** Why the search is not valid. */
  problem: v.nullable(v.string()),
  /** Ordinals of the rows: `from` is the first, `to` follows the last. */
  from: v.number(),
  to: v.number(),
  /** Messages in the buffer, and messages that it has discarded. */
  held: v.number(),
  dropped: v.number(),
  /** Devices that have sent messages. */
  devices: v.number(),
  bytes: v.number(),
  maxBytes: v.number(),
  /** 0 to 1: progress of the search. */
  searched: v.number(),
  /** Messages per second, over the last seconds. */
  perSecond: v.number(),
  utc: v.boolean(),
});

export const deviceSchema = v.object({
  deviceId: v.string(),
  count: v.number(),
  bytes: v.number(),
  lastAt: v.number(),
});

/** From the extension to the page. */
export const toPage = {
  state: stateSchema,
  rows: v.object({ generation: v.number(), rows: v.array(rowSchema) }),
  /** `null` when the message is no longer in the buffer. */
  detail: v.object({
    index: v.number(),
    detail: v.nullable(
      v.object({
        systemProperties: v.array(v.tuple([v.string(), v.string()])),
        applicationProperties: v.array(v.tuple([v.string(), v.string()])),
        body: v.string(),
        isJson: v.boolean(),
        /** The body is truncated, or not indented because of its size. */
        isReduced: v.boolean(),
      }),
    ),
  }),
  position: v.object({ generation: v.number(), ordinal: v.number() }),
  /** Messages by time, oldest first. */
  rates: v.object({
    from: v.number(),
    to: v.number(),
    all: v.array(v.number()),
    /** Messages that match the filter; `null` without one. */
    fitting: v.nullable(v.array(v.number())),
  }),
  /** The devices that sent last. */
  devices: v.object({ devices: v.array(deviceSchema) }),
  fields: v.object({ deviceId: v.string(), paths: v.array(v.string()) }),
  series: v.object({
    from: v.number(),
    to: v.number(),
    /** 0 to 1: progress of the scan of the buffer for newly selected fields. */
    filled: v.number(),
    series: v.array(
      v.object({
        deviceId: v.string(),
        path: v.string(),
        /** Time, lowest, highest and mean value. */
        points: v.array(v.tuple([v.number(), v.number(), v.number(), v.number()])),
      }),
    ),
  }),
} as const;

export type ViewState = v.InferOutput<typeof stateSchema>;
export type MessageRow = v.InferOutput<typeof rowSchema>;
export type Detail = NonNullable<v.InferOutput<(typeof toPage)['detail']>['detail']>;
export type Tab = (typeof tabs)[number];
export type Span = (typeof spans)[number];
export type Field = v.InferOutput<typeof fieldSchema>;
export type DeviceRow = v.InferOutput<typeof deviceSchema>;
export type Rates = v.InferOutput<(typeof toPage)['rates']>;
export type Series = v.InferOutput<(typeof toPage)['series']>;

/** The contract of the events view. */
export const contract = {
  page: 'events',
  toHost,
  toPage,
  view: v.object({
    source: sourceSchema,
    filter: v.string(),
    tab: v.picklist(tabs),
    minutes: v.picklist(spans),
    fields: v.array(fieldSchema),
    columns: v.array(v.string()),
  }),
} as const satisfies WebviewContract;
