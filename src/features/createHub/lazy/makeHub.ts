import { type AzureDirectory } from '../../../core/azure/azureDirectory';
import { newHubOf, type HubDraft } from '../../../core/azure/hubDraft';
import { type CreatedResources, type CreatedResource } from '../../../core/azure/createdResources';
import { type NewHub } from '../../../core/azure/newHub';
import {
  type AzureHub,
  type AzureSubscription,
  type SubscriptionManagement,
} from '../../../core/azure/resources';
import { isAbort } from '../../../core/base/abort';
import { type Logger } from '../../../core/base/logger';
import { IotError } from '../../../core/errors';
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
  /** Cancelled here; Azure was asked already and goes on. */
  | { readonly kind: 'goesOn' }
  /** Cancelled, and nobody can say whether Azure had it already. */
  | { readonly kind: 'unknown' }
  /** Cancelled before Azure was asked for the hub; a new resource group may be there. */
  | { readonly kind: 'notMade'; readonly madeGroup?: string };

/** How long is looked for what became of a creation that was cancelled. */
const lookMs = 10_000;
const takeAwayMs = 120_000;

/**
 * Makes the resource group when it is new, then the hub. A group that was made is an existing one in the draft
 * from then on, so that the next try does not stumble over it.
 * @throws IotError of the first thing that did not work
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
  const thing = hubThing(subscription, wanted);
  let madeGroup: string | undefined;
  let isAccepted = false;
  const accept = async () => {
    if (isAccepted) return;
    isAccepted = true;
    directory.refresh(subscription);
    await createdResources.add(thing);
  };
  try {
    madeGroup = await makeGroup(needs, subscription, draft, wanted, report, signal);
    report(`looking whether "${wanted.name}" is there`);
    // To create and to change a hub is the same request.
    if (await management.hub(referenceOf(wanted), signal)) {
      throw new IotError(
        'alreadyExists',
        `Hub "${wanted.name}" exists already in resource group "${wanted.resourceGroup}". Choose another name.`,
      );
    }
    report('asking Azure for the hub');
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
    if (!isAbort(error)) {
      if (isAccepted) {
        report('taking away what is left of it');
        await takeAway(needs, wanted, thing, signal);
      }
      directory.refresh(subscription);
      throw error;
    }
    if (isAccepted) return { kind: 'goesOn' };
    const isThere = await look(needs, wanted);
    if (isThere === undefined) return { kind: 'unknown' };
    if (!isThere) return { kind: 'notMade', ...(madeGroup === undefined ? {} : { madeGroup }) };
    await accept();
    return { kind: 'goesOn' };
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
  report(`creating resource group "${name}"`);
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
  });
  return name;
}

/** Whether the hub is there; `undefined` when that cannot be told. */
async function look({ management }: MakingNeeds, hub: NewHub): Promise<boolean | undefined> {
  try {
    return (await management.hub(referenceOf(hub), AbortSignal.timeout(lookMs))) !== undefined;
  } catch {
    return undefined;
  }
}

/** A creation that fails may leave a hub that is good for nothing and keeps the name; Clean Up has what stays. */
async function takeAway(
  needs: MakingNeeds,
  hub: NewHub,
  thing: CreatedResource,
  signal: AbortSignal,
): Promise<void> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(takeAwayMs)]);
    const left = await needs.management.hub(referenceOf(hub), within);
    if (left && !/fail/i.test(left.state)) return;
    if (left) await needs.management.deleteHub(left, undefined, within);
    await needs.createdResources.remove(thing);
  } catch (error) {
    // The failure of the creation is what the person has to know.
    needs.log.error(`What is left of hub ${hub.name} could not be taken away.`, error);
  }
}

const referenceOf = ({ name, resourceGroup }: NewHub) => ({ name, resourceGroup });

const hubThing = (
  subscription: AzureSubscription,
  { name, resourceGroup, sku }: NewHub,
): CreatedResource => ({
  kind: 'hub',
  accountId: subscription.account.id,
  subscriptionId: subscription.id,
  resourceGroup,
  name,
  sku: sku.name,
});
