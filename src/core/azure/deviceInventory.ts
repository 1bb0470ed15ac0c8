import { inParallel } from '../base/inParallel';
import { allDevices, devicesAmong } from '../device/deviceQuery';
import { type DeviceRegistry } from '../device/deviceRegistry';
import { type DeviceCount } from './discoveredResources';
import { retryWhenThrottled, type RetryOptions } from './retryWhenThrottled';

export interface DeviceCheckOptions {
  readonly signal?: AbortSignal;
  readonly retry?: RetryOptions;
}

const atOnce = 4;
/** So many are looked up one by one, which is exact; for more there are queries, whose index is a little behind. */
const fewDevices = 20;
/** Looking up costs as much as deleting, which finds out by itself. */
const maxLookedUp = 100;
/** A hub takes statements of limited length, and few queries a minute. */
const idsOfQuery = 100;
const charactersOfQuery = 6_000;
const maxCounted = 1_000;

/** Which of the devices are on the hub; `unsure` are those that it would take too long to look up. */
export async function existingDevices(
  registry: Pick<DeviceRegistry, 'find' | 'list'>,
  deviceIds: readonly string[],
  { signal, retry }: DeviceCheckOptions,
): Promise<{ readonly there: ReadonlySet<string>; readonly unsure: ReadonlySet<string> }> {
  const there = new Set<string>();
  const lookUp = (ids: readonly string[]) =>
    inParallel(ids, atOnce, async (deviceId) => {
      signal?.throwIfAborted();
      if (await retryWhenThrottled(() => registry.find(deviceId, signal), signal, retry)) there.add(deviceId);
    });
  if (deviceIds.length <= fewDevices) {
    await lookUp(deviceIds);
    return { there, unsure: new Set() };
  }
  for (const batch of batches(deviceIds)) {
    let continuation: string | undefined;
    do {
      signal?.throwIfAborted();
      const page = await retryWhenThrottled(
        () => registry.list(devicesAmong(batch), idsOfQuery, continuation, signal),
        signal,
        retry,
      );
      for (const { deviceId } of page.devices) there.add(deviceId);
      continuation = page.continuation;
    } while (continuation !== undefined);
  }
  // The index may not know yet what was registered a moment ago.
  const missing = deviceIds.filter((deviceId) => !there.has(deviceId));
  if (missing.length > maxLookedUp) return { there, unsure: new Set(missing) };
  await lookUp(missing);
  return { there, unsure: new Set() };
}

/** How many devices the hub has, and how many of them are not `ours`; a thousand are looked at. */
export async function countDevices(
  registry: Pick<DeviceRegistry, 'list'>,
  ours: ReadonlySet<string>,
  { signal, retry }: DeviceCheckOptions,
): Promise<DeviceCount> {
  let count = 0;
  let foreign = 0;
  let continuation: string | undefined;
  do {
    signal?.throwIfAborted();
    const page = await retryWhenThrottled(
      () => registry.list(allDevices, maxCounted, continuation, signal),
      signal,
      retry,
    );
    count += page.devices.length;
    foreign += page.devices.filter(({ deviceId }) => !ours.has(deviceId)).length;
    continuation = page.continuation;
  } while (continuation !== undefined && count < maxCounted);
  return { count, isMore: continuation !== undefined, foreign };
}

function* batches(ids: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let characters = 0;
  for (const id of ids) {
    if (batch.length >= idsOfQuery || (batch.length > 0 && characters + id.length > charactersOfQuery)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(id);
    characters += id.length + 3;
  }
  if (batch.length > 0) yield batch;
}
