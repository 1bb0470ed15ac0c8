import * as l10n from '@vscode/l10n';
import { isAbort } from '../../core/base/abort';
import { type Logger } from '../../core/base/logger';
import { formatCount } from '../../core/base/numbers';
import { type DeviceSummary } from '../../core/device/device';
import { IotError, plainMessage } from '../../core/errors';
import { withProgress } from '../../workbench/progress';

/** What the person reads about an operation on devices. Counts are formatted. */
export interface BatchTexts {
  /** For the log. */
  readonly action: 'enable' | 'disable' | 'delete';
  /** Title of the progress for one device. */
  readonly one: (deviceId: string) => string;
  /** Title of the progress for several devices. */
  readonly many: (count: string) => string;
  readonly failed: (failed: string, all: string, reason: string) => string;
}

/** Runs one after the other, since registries allow few changes per minute; a failure does not stop the others. */
export async function forEachDevice(
  { log }: { readonly log: Logger },
  devices: readonly DeviceSummary[],
  texts: BatchTexts,
  run: (device: DeviceSummary, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const [first] = devices;
  if (!first) return;
  const title = devices.length === 1 ? texts.one(first.deviceId) : texts.many(formatCount(devices.length));
  await withProgress(title, async (signal, report) => {
    if (devices.length === 1) return run(first, signal);
    const failures: unknown[] = [];
    for (const [index, device] of devices.entries()) {
      signal.throwIfAborted();
      report(
        l10n.t('{0} ({1} of {2})', device.deviceId, formatCount(index + 1), formatCount(devices.length)),
      );
      try {
        await run(device, signal);
      } catch (error) {
        if (isAbort(error)) throw error;
        log.error(`Could not ${texts.action} device ${device.deviceId}.`, error);
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw new IotError(
        'serviceFailed',
        texts.failed(formatCount(failures.length), formatCount(devices.length), plainMessage(failures[0])),
      );
    }
  });
}
