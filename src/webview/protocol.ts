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
