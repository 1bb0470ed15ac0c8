/** One step of a path: `.name`, `[0]` or `["name"]`. */
const step = /\.([^.[\]=!<>{}]+)|\[(\d+)\]|\["([^"]*)"\]/y;

export interface JsonPath {
  readonly steps: readonly string[];
  /** What follows the path in the text. */
  readonly rest: string;
}

/** Reads a path such as `$.engine.temperature` or `$.values[0]` at the start of a text; `undefined` if there is none. */
export function readPath(text: string): JsonPath | undefined {
  if (!text.startsWith('$')) return undefined;
  const steps: string[] = [];
  let end = 1;
  for (step.lastIndex = 1; ;) {
    const found = step.exec(text);
    if (!found) break;
    steps.push(found[1] ?? found[2] ?? found[3] ?? '');
    end = step.lastIndex;
  }
  return steps.length === 0 ? undefined : { steps, rest: text.slice(end) };
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
