import * as v from 'valibot';

/** Names of messages in one direction, with the shape of what each carries. */
export type MessageTable = Readonly<Record<string, v.GenericSchema<unknown>>>;

export type BodyOf<T extends MessageTable, K extends keyof T> = v.InferOutput<T[K]>;

/** A function for each message: forget one, or misspell it, and it does not compile. */
export type Handlers<T extends MessageTable> = { readonly [K in keyof T]: (body: BodyOf<T, K>) => void };

/** Sends a message of a table; the other side's `dispatch` is its end. */
export type Post<T extends MessageTable> = <K extends keyof T & string>(type: K, body: BodyOf<T, K>) => void;

export function poster<T extends MessageTable>(_table: T, post: (message: unknown) => void): Post<T> {
  return (type, body) => post({ type, body });
}

const envelope = v.object({ type: v.string(), body: v.unknown() });

/**
 * Checks what came from the other side and hands it to its handler.
 * @returns why it was refused; `undefined` when it was handled.
 */
export function dispatch<T extends MessageTable>(
  table: T,
  handlers: Handlers<T>,
  message: unknown,
): string | undefined {
  const outer = v.safeParse(envelope, message);
  if (!outer.success) return 'A message without a type came.';
  const { type, body } = outer.output;
  const schema = Object.hasOwn(table, type) ? table[type] : undefined;
  if (!schema) return `There is no message "${type.slice(0, 60)}".`;
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return `Message "${type}" is not as agreed: ${v.getDotPath(issue) ?? 'it'} ${issue.message}`;
  }
  handlers[type as keyof T](parsed.output);
  return undefined;
}

/** What every page says besides its own messages: `startPage` sends these, `WebviewHost` handles them. */
export const pageMessages = {
  /** The page is loaded, for the first time or again. `page` tells it from one that was replaced meanwhile. */
  ready: v.object({ page: v.string() }),
  /** For the log: something that should not happen. */
  report: v.object({ text: v.pipe(v.string(), v.maxLength(4_000)) }),
} as const;

/** What a page and its panel have agreed on. Each `api.ts` exports one. */
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
  /** What the page keeps of itself across a reload of the window. */
  readonly view: V;
}

/** The hub that a panel shows. */
export const hubReferenceSchema = v.object({ id: v.string(), name: v.string() });
export type HubReference = v.InferOutput<typeof hubReferenceSchema>;

/** The state that every page keeps (`setState`), from which its panel is restored. `hub` is null when it shows none. */
export const savedStateSchema = <V extends v.GenericSchema>(view: V) =>
  v.object({ hub: v.nullable(hubReferenceSchema), view });

/** What `savedStateSchema` accepts. */
export interface SavedState<V extends v.GenericSchema> {
  readonly hub: HubReference | null;
  readonly view: v.InferInput<V>;
}
