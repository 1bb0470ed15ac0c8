import { decodeText, unpackBody } from './decodeBody';
import { type ReceivedMessage } from './receivedMessage';

/** The body as text: unpacked, in its charset; `undefined` when it is no text. */
export function bodyText(message: ReceivedMessage): string | undefined {
  const { bytes, charset } = unpackBody(message);
  return decodeText(bytes, charset);
}

/** The body as JSON; `undefined` when it is none. */
export function bodyJson(message: ReceivedMessage): unknown {
  try {
    return JSON.parse(bodyText(message) ?? '');
  } catch {
    return undefined;
  }
}

const step = String.raw`\.[^.[\]=!<>{}]+|\[(?:\d+|"[^"]*")\]`;
/** Source of an expression for a path such as `$.engine.temperature` or `$.values[0]`, in one group. */
export const pathSource = String.raw`\$((?:${step})+)`;
const anyStep = new RegExp(step, 'g');

/** The steps of what {@link pathSource} caught. */
export function stepsOf(path: string): readonly string[] {
  return (path.match(anyStep) ?? []).map((part) => part.replace(/^\.|^\["?|"?\]$/g, ''));
}

/** What a path leads to; `undefined` when it leads nowhere. */
export function valueAt(value: unknown, steps: readonly string[]): unknown {
  let current = value;
  for (const name of steps) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[name];
  }
  return current;
}
