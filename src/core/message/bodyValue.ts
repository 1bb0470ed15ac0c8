import { decodeText, unpackBody } from './decodeBody';
import { type ReceivedMessage } from './receivedMessage';

/** The body as text: decompressed and decoded; `undefined` if it is not text. */
export function bodyText(message: ReceivedMessage): string | undefined {
  const { bytes, charset } = unpackBody(message);
  return decodeText(bytes, charset);
}

/** The body as JSON; `undefined` if it is not valid JSON. */
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

/** The steps of a path that {@link pathSource} matched. */
export function stepsOf(path: string): readonly string[] {
  return (path.match(anyStep) ?? []).map((part) => part.replace(/^\.|^\["?|"?\]$/g, ''));
}

/** The value at a path; `undefined` if there is none. */
export function valueAt(value: unknown, steps: readonly string[]): unknown {
  let current = value;
  for (const name of steps) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[name];
  }
  return current;
}
