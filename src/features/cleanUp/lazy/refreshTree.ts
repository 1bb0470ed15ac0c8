import { azureHubId, subscriptionKey } from '../../../core/azure/azureDirectory';
import { type Outcome } from '../../../core/azure/runCleanUp';
import { type AzureSubscription } from '../../../core/azure/resources';
import { type CleanUpNeeds } from '../needs';

/** Updates the tree, also after a failure or a cancellation, when the result is unknown. */
export function refreshTree(
  { devices, certificates, azure }: Pick<CleanUpNeeds, 'devices' | 'certificates' | 'azure'>,
  outcomes: readonly Outcome[],
): void {
  const goneDevices = new Map<string, Set<string>>();
  const hubsWithCertificates = new Set<string>();
  const subscriptions = new Map<string, AzureSubscription>();
  for (const { resource, status } of outcomes) {
    if (status === 'left') continue;
    const isGone = status === 'deleted' || status === 'gone';
    switch (resource.kind) {
      case 'device': {
        if (!isGone) break;
        const ids = goneDevices.get(resource.created.hubId) ?? new Set<string>();
        goneDevices.set(resource.created.hubId, ids.add(resource.created.deviceId));
        break;
      }
      case 'hubCertificate':
        hubsWithCertificates.add(resource.created.hubId);
        break;
      case 'hub':
        subscriptions.set(subscriptionKey(resource.subscription), resource.subscription);
        if (isGone) {
          devices.forget(azureHubId(resource.hub));
          certificates.forget(azureHubId(resource.hub));
        }
        break;
      case 'resourceGroup':
        subscriptions.set(subscriptionKey(resource.subscription), resource.subscription);
        break;
      case 'authority':
        // The store fires an event of its own.
        break;
    }
  }
  for (const [hubId, ids] of goneDevices) devices.remove(hubId, ids);
  for (const hubId of hubsWithCertificates) certificates.refresh(hubId);
  for (const subscription of subscriptions.values()) azure.refresh(subscription);
}
