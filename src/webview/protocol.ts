import * as v from 'valibot';

/** Message types in one direction, with the schema of each body. */
export type MessageTable = Readonly<Record<string, v.GenericSchema<unknown>>>;

export type BodyOf<T extends MessageTable, K extends keyof T> = v.InferOutput<T[K]>;

/** A handler for each message type; a missing or misspelled one does not compile. */
export type Handlers<T extends MessageTable> = { readonly [K in keyof T]: (body: BodyOf<T, K>) => void };

/** Sends a message of a table, which `dispatch` receives on the other side. */
export type Post<T extends MessageTable> = <K extends keyof T & string>(type: K, body: BodyOf<T, K>) => void;

export function poster<T extends MessageTable>(_table: T, post: (message: unknown) => void): Post<T> {
  return (type, body) => post({ type, body });
}

const envelope = v.object({ type: v.string(), body: v.unknown() });

/**
 * Validates a message from the other side and passes it to its handler.
 * @returns why it was rejected, in English for the log; `undefined` when it was handled
 */
export function dispatch<T extends MessageTable>(
  table: T,
  handlers: Handlers<T>,
  message: unknown,
): Error | undefined {
  const outer = v.safeParse(envelope, message);
  if (!outer.success) return new Error('The message has no type.');
  const { type, body } = outer.output;
  const schema = Object.hasOwn(table, type) ? table[type] : undefined;
  if (!schema) return new Error(`The message type "${type.slice(0, 60)}" is unknown.`);
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return new Error(
      `The message "${type}" is invalid at ${v.getDotPath(issue) ?? 'its root'}: ${issue.message}`,
    );
  }
  handlers[type as keyof T](parsed.output);
  return undefined;
}

/** Messages of every page besides those of its contract: `startPage` sends them, `WebviewHost` handles them. */
export const pageMessages = {
  /** The page has loaded, for the first time or again. `page` distinguishes it from a page that it replaced. */
  ready: v.object({ page: v.string() }),
  /** An internal error of the page, for the log. */
  report: v.object({ text: v.pipe(v.string(), v.maxLength(4_000)) }),
} as const;

const translationSchema = v.union([
  v.string(),
  v.object({ message: v.string(), comment: v.array(v.string()) }),
]);

/** Messages to every page besides those of its contract: `WebviewHost` sends them, `startPage` handles them. */
export const hostMessages = {
  /** The first message after `ready`; the page draws nothing before it. */
  localization: v.object({
    /** Language of the texts, as a BCP 47 tag. */
    language: v.string(),
    /** Locale of numbers and dates: the display language, also where it has no translation. */
    locale: v.string(),
    /** Translations by the English text; `null` for English. */
    texts: v.nullable(v.record(v.string(), translationSchema)),
  }),
} as const;

export type Localization = v.InferOutput<(typeof hostMessages)['localization']>;

/** The messages between a page and its panel. Each `api.ts` exports one. */
export interface WebviewContract<
  H extends MessageTable = MessageTable,
  P extends MessageTable = MessageTable,
  V extends v.GenericSchema = v.GenericSchema,
> {
  /** Folder of the page in `src/webview`; its bundle and its icons in `media` have the same name. */
  readonly page: string;
  /** From the page to the extension. */
  readonly toHost: H;
  /** From the extension to the page. */
  readonly toPage: P;
  /** State that the page keeps across a reload of the window. */
  readonly view: V;
}

/** The hub that a panel shows. */
export const hubReferenceSchema = v.object({ id: v.string(), name: v.string() });
export type HubReference = v.InferOutput<typeof hubReferenceSchema>;

/** The state of every page (`setState`), from which its panel is restored. `hub` is null when it shows none. */
export const savedStateSchema = <V extends v.GenericSchema>(view: V) =>
  v.object({ hub: v.nullable(hubReferenceSchema), view });

/** What `savedStateSchema` accepts. */
export interface SavedState<V extends v.GenericSchema> {
  readonly hub: HubReference | null;
  readonly view: v.InferInput<V>;
}
