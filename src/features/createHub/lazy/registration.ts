import * as l10n from '@vscode/l10n';
import { type AzureSubscription } from '../../../core/azure/resources';
import { confirm } from '../../../workbench/prompts';
import { withProgress } from '../../../workbench/progress';
import { type SubscriptionData } from './subscriptionData';
import { provisioningStateText } from './provisioningStates';

/** Registers the resource provider, which a subscription needs once. @throws the silent abort when the user declines */
export async function ensureRegistered(data: SubscriptionData, { name }: AzureSubscription): Promise<void> {
  const { state } = await withProgress(l10n.t('Reading subscription "{0}"', name), (signal) =>
    data.provider(signal),
  );
  if (state === 'Registered') return;
  if (state !== 'Registering') {
    await confirm(
      l10n.t('Register the resource provider Microsoft.Devices in subscription "{0}"?', name),
      l10n.t(
        'It is not registered yet. A subscription requires it once, before its first IoT hub. Registration takes one to two minutes, is free of charge, and requires the permission Microsoft.Devices/register/action on the subscription.',
      ),
      l10n.t('Register'),
    );
  }
  await withProgress(l10n.t('Registering Microsoft.Devices in "{0}"', name), (signal, report) =>
    data.management.registerProvider((state) => report(provisioningStateText(state)), signal),
  );
}
