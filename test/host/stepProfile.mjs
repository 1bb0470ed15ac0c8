// Measures where stories spend their time: `npm run test:story -- --profile`.

/** Methods that only create a locator and do not wait. */
const immediate = new Set(['row', 'selectedRow', 'view', 'quickRow', 'statusItem', 'toastBox', 'webview']);
const steps = [];

/** Whether steps are measured. */
export const isProfiling = Boolean(process.env.IOT_HUB_WORKBENCH_PROFILE);

/** Measures one step. @template T @param {string} name @param {() => Promise<T>} work @returns {Promise<T>} */
export async function measured(name, work, detail = '') {
  const started = performance.now();
  try {
    return await work();
  } finally {
    steps.push({ name, detail, ms: performance.now() - started });
  }
}

/** A driver whose methods are measured. @template T @param {T} driver @returns {T} */
export function profiled(driver) {
  if (!isProfiling) return driver;
  return new Proxy(driver, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function' || immediate.has(name)) return value;
      return (...args) => {
        const result = value.apply(target, args);
        const detail = args.filter((part) => typeof part === 'string' || part instanceof RegExp).join(', ');
        return result instanceof Promise ? measured(name, () => result, detail) : result;
      };
    },
  });
}

/** The kinds of steps by total time, and the ten slowest steps. */
export function profileText() {
  const kinds = new Map();
  for (const { name, ms } of steps) {
    const { count = 0, total = 0 } = kinds.get(name) ?? {};
    kinds.set(name, { count: count + 1, total: total + ms });
  }
  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`.padStart(9);
  const byKind = [...kinds]
    .sort(([, one], [, other]) => other.total - one.total)
    .map(([name, { count, total }]) => `${seconds(total)}  ${count} × ${name}`);
  const slowest = [...steps]
    .sort((one, other) => other.ms - one.ms)
    .slice(0, 10)
    .map(({ name, detail, ms }) => `${seconds(ms)}  ${name} ${detail}`);
  return ['Steps, by all of their time:', ...byKind, 'The ten slowest:', ...slowest].join('\n');
}
