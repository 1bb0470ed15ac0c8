import { oddTexts, type Random } from './random';

const oddNames = ['__proto__', 'toString', 'valueOf', 'constructor', '', 'length', 'then'];

/** Any JSON value. */
function randomJson(random: Random, depth: number): unknown {
  return random.pick<() => unknown>([
    () => null,
    () => random.chance(0.5),
    () => random.pick([0, -1, 1.5, 1e300, 2 ** 53, -(2 ** 31)]),
    () => random.pick([...oddTexts, '\ud800']),
    () => (depth > 0 ? Array.from({ length: random.below(4) }, () => randomJson(random, depth - 1)) : []),
    () =>
      withName(
        depth > 0 ? { a: randomJson(random, depth - 1) } : {},
        random.pick(oddNames),
        randomJson(random, 0),
      ),
  ])();
}

/** An own property, also if the name is `__proto__`. */
const withName = (object: object, name: string, value: unknown): unknown =>
  Object.fromEntries([...Object.entries(object), [name, value]]);

/** A copy in which one value has another type or value, is missing, or has company. */
export function mutateJson(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.15)) return randomJson(random, 2);
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(0.2)) return [...(value as unknown[]), randomJson(random, 1)];
    const at = random.below(value.length);
    return value.with(at, mutateJson(random, value[at]));
  }
  const names = Object.keys(value);
  const name = random.pick([...names, ...names, ...names, 'odd']);
  if (name === 'odd') return withName(value, random.pick(oddNames), randomJson(random, 1));
  if (random.chance(0.1)) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  return withName(value, name, mutateJson(random, (value as Record<string, unknown>)[name]));
}
