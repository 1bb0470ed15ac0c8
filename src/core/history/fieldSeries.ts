import { bodyJson } from '../message/readBody';
import { type ReceivedMessage } from '../message/receivedMessage';

/** A number in a JSON body; the path is, for example, `engine.temperature` or `values[0]`. */
export interface NumericField {
  readonly path: string;
  readonly value: number;
}

/** Times in ms, by the clock of the hub. `at` is the start of the bucket. */
export interface SeriesPoint {
  readonly at: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly count: number;
}

export interface ChartedField {
  readonly deviceId: string;
  readonly path: string;
}

const maxDepth = 6;
const maxFields = 50;
/** The page accepts no longer ones. */
const maxPathLength = 512;
/** Bodies of devices that are not charted, checked per second to learn their fields. */
const discoveries = 20;
const maxDevices = 10_000;

/** The finite numbers of a JSON body, at most 50 and 6 levels deep. */
export function numericFields(message: ReceivedMessage): readonly NumericField[] {
  const found: NumericField[] = [];
  collect(bodyJson(message), '', 0, found);
  return found;
}

function collect(value: unknown, path: string, depth: number, found: NumericField[]): void {
  if (found.length >= maxFields || path.length > maxPathLength) return;
  if (typeof value === 'number') {
    if (Number.isFinite(value) && path !== '') found.push({ path, value });
    return;
  }
  if (typeof value !== 'object' || value === null || depth >= maxDepth) return;
  if (Array.isArray(value)) {
    value.slice(0, maxFields).forEach((item, index) => collect(item, `${path}[${index}]`, depth + 1, found));
    return;
  }
  for (const [name, item] of Object.entries(value))
    collect(item, path === '' ? name : `${path}.${name}`, depth + 1, found);
}

const keptSeconds = 3_600;

/** The values of a charted field. */
export interface FieldValues extends ChartedField {
  /** In any order. Ignores values more than an hour older than the newest. */
  add(at: number, value: number): void;
}

/** Values per second for the last hour; 100 KB. */
class SecondValues implements FieldValues {
  private readonly min = new Float64Array(keptSeconds);
  private readonly max = new Float64Array(keptSeconds);
  private readonly sum = new Float64Array(keptSeconds);
  private readonly count = new Uint32Array(keptSeconds);
  private newest = -1;

  constructor(
    readonly deviceId: string,
    readonly path: string,
  ) {}

  add(at: number, value: number): void {
    const second = Math.floor(at / 1_000);
    if (!(second >= 0) || second <= this.newest - keptSeconds) return;
    if (second > this.newest) this.advance(second);
    const slot = second % keptSeconds;
    const count = this.count[slot] ?? 0;
    this.min[slot] = count === 0 ? value : Math.min(this.min[slot] ?? value, value);
    this.max[slot] = count === 0 ? value : Math.max(this.max[slot] ?? value, value);
    this.sum[slot] = (count === 0 ? 0 : (this.sum[slot] ?? 0)) + value;
    this.count[slot] = count + 1;
  }

  points(from: number, to: number, buckets: number): readonly SeriesPoint[] {
    // Whole seconds, so that all buckets have the same length.
    const width = Math.max(1, Math.ceil((to - from) / 1_000 / Math.max(1, buckets)));
    const points: SeriesPoint[] = [];
    const start = Math.floor(from / 1_000 / width) * width;
    for (let second = start; second * 1_000 < to; second += width) {
      const point = this.bucket(second, width);
      if (point) points.push(point);
    }
    return points;
  }

  private bucket(start: number, width: number): SeriesPoint | undefined {
    let [min, max, sum, count] = [Infinity, -Infinity, 0, 0];
    const end = Math.min(start + width - 1, this.newest);
    for (let second = Math.max(start, this.newest - keptSeconds + 1, 0); second <= end; second++) {
      const slot = second % keptSeconds;
      const values = this.count[slot] ?? 0;
      if (values === 0) continue;
      min = Math.min(min, this.min[slot] ?? 0);
      max = Math.max(max, this.max[slot] ?? 0);
      sum += this.sum[slot] ?? 0;
      count += values;
    }
    return count === 0 ? undefined : { at: start * 1_000, min, max, mean: sum / count, count };
  }

  private advance(second: number): void {
    if (second - this.newest >= keptSeconds) this.count.fill(0);
    else for (let next = this.newest + 1; next <= second; next++) this.count[next % keptSeconds] = 0;
    this.newest = second;
  }
}

/** Numbers of bodies over the last hour, for a chart, and the numeric fields of the devices. */
export class FieldSeries {
  private charted = new Map<string, Map<string, SecondValues>>();
  private readonly paths = new Map<string, Set<string>>();
  private second = 0;
  private looked = 0;

  add(messages: readonly ReceivedMessage[]): void {
    for (const message of messages) {
      const { deviceId } = message;
      if (deviceId === undefined) continue;
      const fields = this.charted.get(deviceId);
      if (!fields && !this.mayDiscover(deviceId)) continue;
      const numbers = numericFields(message);
      this.learn(deviceId, numbers);
      for (const { path, value } of numbers) fields?.get(path)?.add(message.enqueuedAt, value);
    }
  }

  /** Changes the charted fields and keeps the values of existing ones. @returns the new ones */
  setCharted(fields: readonly ChartedField[]): readonly FieldValues[] {
    const next = new Map<string, Map<string, SecondValues>>();
    const fresh: FieldValues[] = [];
    for (const { deviceId, path } of fields) {
      const paths = next.get(deviceId) ?? new Map<string, SecondValues>();
      const known = this.charted.get(deviceId)?.get(path);
      const values = known ?? new SecondValues(deviceId, path);
      if (!known) fresh.push(values);
      next.set(deviceId, paths.set(path, values));
    }
    this.charted = next;
    return fresh;
  }

  /** False if the field was removed, or removed and added again. */
  isCharted(values: FieldValues): boolean {
    return this.charted.get(values.deviceId)?.get(values.path) === values;
  }

  /** Adds the values of an older message for some of the fields. */
  addTo(fields: readonly FieldValues[], message: ReceivedMessage): void {
    const numbers = numericFields(message);
    for (const field of fields) {
      if (field.deviceId !== message.deviceId) continue;
      const number = numbers.find(({ path }) => path === field.path);
      if (number) field.add(message.enqueuedAt, number.value);
    }
  }

  /** Learns the fields of an older message, without its values. */
  learnFrom(message: ReceivedMessage): void {
    if (message.deviceId !== undefined) this.learn(message.deviceId, numericFields(message));
  }

  /** Numeric paths seen so far, sorted. */
  fieldsOf(deviceId: string): readonly string[] {
    return [...(this.paths.get(deviceId) ?? [])].sort();
  }

  /** Only buckets with values; they start at whole seconds. @param from ms @param to ms */
  points(
    { deviceId, path }: ChartedField,
    from: number,
    to: number,
    buckets: number,
  ): readonly SeriesPoint[] {
    return this.charted.get(deviceId)?.get(path)?.points(from, to, buckets) ?? [];
  }

  /** Removes all values; the charted fields stay. */
  restart(): void {
    const fields = [...this.charted.values()].flatMap((paths) => [...paths.values()]);
    this.charted.clear();
    this.paths.clear();
    this.setCharted(fields);
  }

  private learn(deviceId: string, numbers: readonly NumericField[]): void {
    let known = this.paths.get(deviceId);
    if (!known) {
      if (this.paths.size >= maxDevices) return;
      this.paths.set(deviceId, (known = new Set()));
    }
    for (const { path } of numbers) if (known.size < maxFields) known.add(path);
  }

  /** New devices are always checked up to a limit, known ones occasionally. */
  private mayDiscover(deviceId: string): boolean {
    if (!this.paths.has(deviceId)) return this.paths.size < maxDevices;
    const second = Math.floor(Date.now() / 1_000);
    if (second !== this.second) {
      this.second = second;
      this.looked = 0;
    }
    return this.looked++ < discoveries;
  }
}
