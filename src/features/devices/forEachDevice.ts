import { isAbort } from '../../core/base/abort';
import { type Logger } from '../../core/base/logger';
import { counted } from '../../core/base/numbers';
import { type DeviceSummary } from '../../core/device/device';
import { IotError, plainMessage } from '../../core/errors';
import { withProgress } from '../../workbench/progress';

/** One after the other, since registries allow few changes a minute; a failure does not stop the rest. */
export async function forEachDevice(
  { log }: { readonly log: Logger },
  devices: readonly DeviceSummary[],
  doing: string,
  run: (device: DeviceSummary, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const [first] = devices;
  if (!first) return;
  const title =
    devices.length === 1 ? `${doing} ${first.deviceId}` : `${doing} ${counted(devices.length, 'device')}`;
  await withProgress(title, async (signal, report) => {
    if (devices.length === 1) return run(first, signal);
    const failures: unknown[] = [];
    for (const [index, device] of devices.entries()) {
      signal.throwIfAborted();
      report(`${index + 1} of ${devices.length}: ${device.deviceId}`);
      try {
        await run(device, signal);
      } catch (error) {
        if (isAbort(error)) throw error;
        log.error(`${doing} ${device.deviceId} failed.`, error);
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw new IotError(
        'serviceFailed',
        `${doing} failed for ${failures.length} of ${devices.length} devices: ${plainMessage(failures[0])}`,
      );
    }
  });
}
