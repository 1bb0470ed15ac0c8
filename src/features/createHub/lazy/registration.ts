import { type AzureSubscription } from '../../../core/azure/resources';
import { confirm } from '../../../workbench/prompts';
import { withProgress } from '../../../workbench/progress';
import { type SubscriptionData } from './subscriptionData';
import { provisioningStateText } from './provisioningStates';

/** A subscription knows no hubs before this is done, once. @throws the silent abort when the answer is no */
export async function ensureRegistered(facts: SubscriptionData, { name }: AzureSubscription): Promise<void> {
  const { state } = await withProgress(`Reading subscription "${name}"`, (signal) => facts.provider(signal));
  if (state === 'Registered') return;
  if (state !== 'Registering') {
    await confirm(
      `Microsoft.Devices is not registered in subscription "${name}". Register it now?`,
      'A subscription needs that once before its first IoT hub. It takes a minute or two, costs nothing, and needs the permission Microsoft.Devices/register/action on the subscription.',
      'Register',
    );
  }
  await withProgress(`Registering Microsoft.Devices in "${name}"`, (signal, report) =>
    facts.management.registerProvider((phase) => report(provisioningStateText(phase)), signal),
  );
}
