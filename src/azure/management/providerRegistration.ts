import * as l10n from '@vscode/l10n';
import { type HubProvider, type StateListener } from '../../core/azure/resources';
import { delay } from '../../core/base/abort';
import { IotError } from '../../core/errors';

const pauseMs = 2_000;
const patienceMs = 15 * 60_000;

/**
 * Waits until a resource provider is registered.
 * @param read reads its state again
 * @throws IotError `timeout`
 */
export async function untilRegistered(
  { state }: HubProvider,
  read: () => Promise<HubProvider>,
  follow?: StateListener,
  signal?: AbortSignal,
): Promise<void> {
  const until = Date.now() + patienceMs;
  while (state !== 'Registered') {
    follow?.(state);
    if (Date.now() > until) {
      throw new IotError(
        'timeout',
        l10n.t(
          'Azure did not register the resource provider Microsoft.Devices within 15 minutes. Check "Resource providers" in the Azure portal.',
        ),
      );
    }
    await delay(pauseMs, signal);
    ({ state } = await read());
  }
  follow?.(state);
}
