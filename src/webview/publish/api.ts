import * as v from 'valibot';
import { draftSchema } from '../../core/publish/draft';
import { hubReferenceSchema, type WebviewContract } from '../protocol';

/*
 * Messages between the publish panel and its page. They never contain a key, token or certificate: the page draws and
 * edits, everything else happens in the extension.
 */

const nothing = v.object({});
const draft = v.object({ draft: draftSchema });

export const connectionDetailKeys = [
  'host',
  'port',
  'clientId',
  'userName',
  'password',
  'caFile',
  'certificateFile',
  'keyFile',
  'topic',
] as const;

export const snippetKinds = ['mosquittoSh', 'mosquittoPowerShell', 'az', 'node', 'python', 'c'] as const;

/** From the page to the extension. */
export const toHost = {
  /** The draft has changed. `state` is the answer. */
  edit: draft,
  /** Sends one message per device now. */
  send: draft,
  /** Starts a run as configured in `repeat`. */
  start: draft,
  stop: nothing,
  clearResults: nothing,
  chooseDevices: nothing,
  /** Selects the certificate and key files of the only device. */
  chooseCertificate: nothing,
  /** Selects the body file. */
  chooseBodyFile: nothing,
  formatBody: draft,
  /** Regenerates the preview with new values. */
  nextPreview: nothing,
  copyConnectionDetail: v.object({ key: v.picklist(connectionDetailKeys) }),
  copyAs: v.object({ kind: v.picklist(snippetKinds) }),
  openMessageFile: nothing,
  saveMessageFile: draft,
  showMonitor: nothing,
} as const;

const fieldNames = [
  'devices',
  'body',
  'contentType',
  'contentEncoding',
  'messageId',
  'correlationId',
  'properties',
  'size',
  'target',
] as const;

const problemSchema = v.object({
  field: v.picklist(fieldNames),
  severity: v.picklist(['error', 'warning']),
  message: v.string(),
  /** Position in the text of the field: offset and length in UTF-16 units, line and column from 1. */
  at: v.optional(v.object({ offset: v.number(), length: v.number(), line: v.number(), column: v.number() })),
  /** Row of the properties. */
  row: v.optional(v.number()),
});

const connectionDetailSchema = v.object({
  key: v.picklist(connectionDetailKeys),
  label: v.string(),
  value: v.string(),
  /** Shown beside the value. */
  note: v.optional(v.string()),
  /** The value is a description, for example of a token that the page never receives. */
  isProse: v.optional(v.boolean()),
});

export const runSchema = v.variant('kind', [
  v.object({ kind: v.literal('idle') }),
  v.object({
    kind: v.picklist(['preparing', 'sending', 'running', 'stopping']),
    /** The current activity, as a sentence. */
    text: v.string(),
    /** 0 to 1; absent for a run without an end. */
    progress: v.optional(v.number()),
  }),
]);

export const stateSchema = v.object({
  hub: hubReferenceSchema,
  /** `boiler-1`, or `boiler-1, boiler-2 and 98 more`. */
  devicesText: v.string(),
  /** How the devices authenticate. */
  authentication: v.object({
    kind: v.picklist(['none', 'sas', 'certificate', 'mixed']),
    text: v.string(),
    /** Whether certificate files can be selected (one device, with X.509). */
    canChoose: v.boolean(),
  }),
  problems: v.array(problemSchema),
  size: v.nullable(v.object({ bytes: v.number(), billed: v.number(), billedOnFree: v.number() })),
  /** The next message as it would be sent. */
  preview: v.nullable(
    v.object({
      body: v.string(),
      isCut: v.boolean(),
      properties: v.array(v.tuple([v.string(), v.string()])),
    }),
  ),
  /** Whether any part of it changes from message to message. */
  hasPlaceholders: v.boolean(),
  connectionDetails: v.array(connectionDetailSchema),
  /** Why there are no connection details. */
  missingDetails: v.nullable(v.string()),
  run: runSchema,
  /** In milliseconds, while a connection with a token is open. */
  tokenExpiresAt: v.nullable(v.number()),
  /** Why arrivals cannot be shown although they are requested. */
  arrivalProblem: v.nullable(v.string()),
  /** Name of the open message file. */
  fileName: v.nullable(v.string()),
  /** URI of the open message file, which the page saves in its state. */
  fileUri: v.nullable(v.string()),
  generators: v.array(v.object({ signature: v.string(), description: v.string(), example: v.string() })),
});

export const sendResultSchema = v.object({
  id: v.number(),
  deviceId: v.string(),
  /** Milliseconds. */
  at: v.number(),
  bytes: v.number(),
  state: v.picklist(['waiting', 'sent', 'acknowledged', 'failed', 'canceled']),
  acknowledgedMs: v.optional(v.number()),
  /** Number of transmissions: more than 1 after a lost connection. */
  sends: v.optional(v.number()),
  arrived: v.optional(v.object({ partition: v.string(), ms: v.number() })),
  /** Whether its arrival is still expected. */
  isAwaited: v.optional(v.boolean()),
  /** Why it failed or is waiting. */
  reason: v.optional(v.string()),
});

/** The state of a run once a second. */
export const pointSchema = v.object({
  /** Seconds since the run started. */
  second: v.number(),
  sent: v.number(),
  acknowledged: v.number(),
  failed: v.number(),
  arrived: v.number(),
  inFlight: v.number(),
  connected: v.number(),
  devices: v.number(),
  /** In the last second. */
  sentPerSecond: v.number(),
  acknowledgedPerSecond: v.number(),
  failedPerSecond: v.number(),
  /** Acknowledgment latency in the last second, in milliseconds. */
  p50: v.nullable(v.number()),
  p99: v.nullable(v.number()),
  /** Messages that were skipped because the hub or the connection could not keep up. */
  skipped: v.number(),
});

/** From the extension to the page. */
export const toPage = {
  state: stateSchema,
  /** Replaces the content of the form. */
  draft,
  /** New and changed results by their id, oldest first. */
  results: v.object({ results: v.array(sendResultSchema), isReset: v.boolean() }),
  /** The newest point of the run. */
  point: pointSchema,
  /** All points of the last run; empty before the first. */
  history: v.object({ points: v.array(pointSchema) }),
} as const;

export type PanelState = v.InferOutput<typeof stateSchema>;
export type Problem = v.InferOutput<typeof problemSchema>;
export type RunState = v.InferOutput<typeof runSchema>;
export type SendResult = v.InferOutput<typeof sendResultSchema>;
export type Point = v.InferOutput<typeof pointSchema>;
export type ConnectionDetailKey = (typeof connectionDetailKeys)[number];
export type ConnectionDetail = v.InferOutput<typeof connectionDetailSchema>;

/** Results and points that are kept on both sides. */
export const maxResults = 500;
export const maxPoints = 600;

/** The contract of the publish panel. */
export const contract = {
  page: 'publish',
  toHost,
  toPage,
  view: v.object({
    draft: draftSchema,
    fileUri: v.nullable(v.string()),
    /** Content of the kinds of body that are not selected. */
    kept: v.object({ text: v.string(), path: v.string() }),
  }),
} as const satisfies WebviewContract;
