import * as l10n from '@vscode/l10n';
import { type AzureDirectory } from '../../../core/azure/azureDirectory';
import { newHubOf, type HubDraft } from '../../../core/azure/hubDraft';
import { type CreatedResourceOf } from '../../../core/azure/createdResourceLog';
import { type CreatedResources, type CreatedResource } from '../../../core/azure/createdResources';
import { type NewHub } from '../../../core/azure/newHub';
import {
  type AzureHub,
  type AzureSubscription,
  type SubscriptionManagement,
} from '../../../core/azure/resources';
import { isAbort } from '../../../core/base/abort';
import { type Logger } from '../../../core/base/logger';
import { IotError, isIotError } from '../../../core/errors';
import { provisioningStateText } from './provisioningStates';

export interface MakingNeeds {
  readonly management: Pick<
    SubscriptionManagement,
    'resourceGroup' | 'createResourceGroup' | 'hub' | 'createHub' | 'deleteHub'
  >;
  readonly directory: Pick<AzureDirectory, 'refresh'>;
  readonly createdResources: Pick<CreatedResources, 'add' | 'remove'>;
  readonly log: Pick<Logger, 'error'>;
}

export type Making =
  | { readonly kind: 'made'; readonly hub: AzureHub }
  /** Created; some servers of Azure do not know it yet. */
  | { readonly kind: 'notReady'; readonly reason: string }
  /** Canceled here; Azure had already accepted the request and continues. */
  | { readonly kind: 'inProgress' }
  /** Canceled, and it is unknown whether Azure had accepted the request. */
  | { readonly kind: 'unknown' }
  /** Canceled before the request for the hub; a new resource group may exist. */
  | { readonly kind: 'notMade'; readonly madeGroup?: string };

/** Time limit for finding out the result of a canceled creation. */
const lookMs = 10_000;
const removalMs = 120_000;

/**
 * Creates the resource group when it is new, then the hub. A created group becomes an existing one in the draft, so
 * that the next attempt does not fail because of it.
 * @throws IotError of the first step that failed
 */
export async function makeHub(
  needs: MakingNeeds,
  subscription: AzureSubscription,
  draft: HubDraft,
  report: (text: string) => void,
  signal: AbortSignal,
): Promise<Making> {
  const { management, directory, createdResources } = needs;
  const wanted = newHubOf(draft);
  if (!wanted) throw new Error('The draft of the hub has open questions.');
  const resource = hubResource(subscription, wanted);
  let madeGroup: string | undefined;
  let isAccepted = false;
  const accept = async () => {
    if (isAccepted) return;
    isAccepted = true;
    directory.refresh(subscription);
    await createdResources.add({ ...resource, createdAt: Date.now() });
  };
  try {
    madeGroup = await makeGroup(needs, subscription, draft, wanted, report, signal);
    report(l10n.t('Checking whether hub "{0}" exists', wanted.name));
    // Creating and updating a hub is the same request.
    if (await management.hub(referenceOf(wanted), signal)) {
      throw new IotError(
        'alreadyExists',
        l10n.t(
          'Hub "{0}" already exists in resource group "{1}". Enter another name.',
          wanted.name,
          wanted.resourceGroup,
        ),
      );
    }
    report(l10n.t('Sending the request'));
    let noting: Promise<void> = Promise.resolve();
    const hub = await management.createHub(
      wanted,
      (state) => {
        report(provisioningStateText(state));
        noting = noting.then(accept);
      },
      signal,
    );
    await noting;
    await accept();
    directory.refresh(subscription);
    return { kind: 'made', hub };
  } catch (error) {
    if (isIotError(error) && error.code === 'notReady') {
      await accept();
      directory.refresh(subscription);
      return { kind: 'notReady', reason: error.message };
    }
    if (!isAbort(error)) {
      if (isAccepted) {
        report(l10n.t('Removing the partial hub'));
        await removePartialHub(needs, wanted, resource, signal);
      }
      directory.refresh(subscription);
      throw error;
    }
    if (isAccepted) return { kind: 'inProgress' };
    const isThere = await look(needs, wanted);
    if (isThere === undefined) return { kind: 'unknown' };
    if (!isThere) return { kind: 'notMade', ...(madeGroup === undefined ? {} : { madeGroup }) };
    await accept();
    return { kind: 'inProgress' };
  }
}

async function makeGroup(
  { management, createdResources }: MakingNeeds,
  subscription: AzureSubscription,
  draft: HubDraft,
  { location, resourceGroup: name }: NewHub,
  report: (text: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (draft.group?.kind !== 'new') return undefined;
  report(l10n.t('Creating resource group "{0}"', name));
  const there = await management.resourceGroup(name, signal);
  const wanted = { name, location: draft.group.region?.name ?? location, tags: {} };
  const group = there ?? (await management.createResourceGroup(wanted, signal));
  draft.group = { kind: 'existing', name: group.name, location: group.location };
  if (there) return undefined;
  await createdResources.add({
    kind: 'resourceGroup',
    accountId: subscription.account.id,
    subscriptionId: subscription.id,
    name,
    createdAt: Date.now(),
  });
  return name;
}

/** Whether the hub exists; `undefined` when that is unknown. */
async function look({ management }: MakingNeeds, hub: NewHub): Promise<boolean | undefined> {
  try {
    return (await management.hub(referenceOf(hub), AbortSignal.timeout(lookMs))) !== undefined;
  } catch {
    return undefined;
  }
}

/** A failed creation may leave an unusable hub that blocks the name; Clean Up lists it if this fails. */
async function removePartialHub(
  needs: MakingNeeds,
  hub: NewHub,
  resource: CreatedResource,
  signal: AbortSignal,
): Promise<void> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(removalMs)]);
    const left = await needs.management.hub(referenceOf(hub), within);
    // Also a server that does not know the hub yet answers that it does not exist: it stays in the list for Clean Up.
    if (!left || !/fail/i.test(left.state)) return;
    await needs.management.deleteHub(left, undefined, within);
    await needs.createdResources.remove(resource);
  } catch (error) {
    // The failure of the creation is what matters to the user.
    needs.log.error(`The partial hub ${hub.name} could not be removed.`, error);
  }
}

const referenceOf = ({ name, resourceGroup }: NewHub) => ({ name, resourceGroup });

const hubResource = (
  subscription: AzureSubscription,
  { name, resourceGroup, sku }: NewHub,
): CreatedResourceOf<'hub'> => ({
  kind: 'hub',
  accountId: subscription.account.id,
  subscriptionId: subscription.id,
  resourceGroup,
  name,
  sku: sku.name,
});
