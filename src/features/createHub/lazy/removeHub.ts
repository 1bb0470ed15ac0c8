import * as l10n from '@vscode/l10n';
import { azureHubId, type AzureDirectory, type AzureHubEntry } from '../../../core/azure/azureDirectory';
import { type CreatedResources, type CreatedResource } from '../../../core/azure/createdResources';
import { type SubscriptionManagement } from '../../../core/azure/resources';
import { isAbort } from '../../../core/base/abort';
import { provisioningStateText } from './provisioningStates';

export interface RemovalNeeds {
  readonly management: Pick<SubscriptionManagement, 'hub' | 'deleteHub'>;
  readonly directory: Pick<AzureDirectory, 'refresh'>;
  readonly createdResources: Pick<CreatedResources, 'list' | 'remove'>;
}

/** `inProgress`, `kept` and `unknown` are results of a deletion that was canceled here. */
export type Removal = 'deleted' | 'inProgress' | 'kept' | 'unknown';

/** Time limit for finding out the result of a canceled deletion. */
const lookMs = 10_000;

/** Deletes a hub and forgets the resources created on it. @throws IotError */
export async function removeHub(
  needs: RemovalNeeds,
  entry: AzureHubEntry,
  report: (text: string) => void,
  signal: AbortSignal,
): Promise<Removal> {
  const { management, directory, createdResources } = needs;
  let isAccepted = false;
  try {
    report(l10n.t('Sending the request'));
    await management.deleteHub(
      entry.hub,
      (state) => {
        report(provisioningStateText(state));
        if (!isAccepted) directory.refresh(entry.subscription);
        isAccepted = true;
      },
      signal,
    );
    await createdResources.remove(...resourcesOn(createdResources, entry));
    return 'deleted';
  } catch (error) {
    if (!isAbort(error)) throw error;
    const left = isAccepted ? 'inProgress' : await look(needs, entry);
    // Azure completes what it has started; forgetting the hub a moment early does no harm.
    if (left === 'inProgress' || left === 'deleted')
      await createdResources.remove(...resourcesOn(createdResources, entry));
    return left;
  } finally {
    directory.refresh(entry.subscription);
  }
}

async function look({ management }: RemovalNeeds, { hub }: AzureHubEntry): Promise<Removal> {
  try {
    const now = await management.hub(hub, AbortSignal.timeout(lookMs));
    if (!now) return 'deleted';
    return /^deleting$/i.test(now.state) ? 'inProgress' : 'kept';
  } catch {
    return 'unknown';
  }
}

/** The hub, and the resources created on it from here. */
function resourcesOn(
  createdResources: Pick<CreatedResources, 'list'>,
  { hub, subscription }: AzureHubEntry,
): readonly CreatedResource[] {
  const hubId = azureHubId(hub);
  return [
    {
      kind: 'hub',
      accountId: subscription.account.id,
      subscriptionId: subscription.id,
      resourceGroup: hub.resourceGroup,
      name: hub.name,
      sku: hub.sku.name,
    },
    ...createdResources.list().filter((resource) => 'hubId' in resource && resource.hubId === hubId),
  ];
}
