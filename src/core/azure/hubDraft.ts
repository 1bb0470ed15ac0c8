import { assertNever } from '../base/assertNever';
import { hubNameProblem } from './hubName';
import { isFree, isFixed, planOf } from './hubPlans';
import { type NewHub } from './newHub';
import { type AzureSubscription, type Region } from './resources';

/** The answers so far for a new hub; `undefined` means not asked yet. */
export interface HubDraft {
  subscription: AzureSubscription | undefined;
  group: GroupChoice | undefined;
  name: string | undefined;
  region: Region | undefined;
  sku: string | undefined;
  units: number | undefined;
  partitionCount: number | undefined;
  retentionDays: number | undefined;
  isPublicAccessOff: boolean | undefined;
  isLocalAuthOff: boolean | undefined;
}

export type GroupChoice =
  | { readonly kind: 'existing'; readonly name: string; readonly location: string }
  /** Without its own region it is created in the hub's. */
  | { readonly kind: 'new'; readonly name: string; readonly region?: Region };

export type HubStep =
  | 'subscription'
  | 'group'
  | 'groupName'
  | 'name'
  | 'region'
  | 'plan'
  | 'units'
  | 'partitions'
  | 'retention'
  | 'publicAccess'
  | 'localAuth'
  | 'review';

export const emptyDraft = (): HubDraft => ({
  subscription: undefined,
  group: undefined,
  name: undefined,
  region: undefined,
  sku: undefined,
  units: undefined,
  partitionCount: undefined,
  retentionDays: undefined,
  isPublicAccessOff: undefined,
  isLocalAuthOff: undefined,
});

/** The steps for this draft, in order. @param hasChoice whether there are several subscriptions */
export function hubSteps(draft: HubDraft, hasChoice: boolean): readonly HubStep[] {
  const plan = draft.sku === undefined ? undefined : planOf(draft.sku);
  const asked = (step: HubStep, isAsked: boolean): readonly HubStep[] => (isAsked ? [step] : []);
  return [
    ...asked('subscription', hasChoice),
    'group',
    ...asked('groupName', draft.group?.kind === 'new'),
    'name',
    'region',
    'plan',
    ...asked('units', !plan || plan.maxUnits > 1),
    ...asked('partitions', !plan || !isFixed(plan.partitions)),
    ...asked('retention', !plan || !isFixed(plan.retentionDays)),
    'publicAccess',
    'localAuth',
    'review',
  ];
}

export function isAnswered(step: HubStep, draft: HubDraft): boolean {
  switch (step) {
    case 'subscription':
      return draft.subscription !== undefined;
    case 'group':
      return draft.group !== undefined;
    case 'groupName':
      // Follows the choice of a new group, whose name has to be typed.
      return false;
    case 'name':
      return draft.name !== undefined && hubNameProblem(draft.name) === undefined;
    case 'region':
      return draft.region !== undefined;
    case 'plan':
      return draft.sku !== undefined;
    case 'units':
      return draft.units !== undefined;
    case 'partitions':
      return draft.partitionCount !== undefined;
    case 'retention':
      return draft.retentionDays !== undefined;
    case 'publicAccess':
      return draft.isPublicAccessOff !== undefined;
    case 'localAuth':
      return draft.isLocalAuthOff !== undefined;
    case 'review':
      return false;
    default:
      return assertNever(step);
  }
}

/** Whether the draft has more than a single click's worth of answers. */
export const isWorthKeeping = ({ group, name, region }: HubDraft) =>
  group !== undefined || name !== undefined || region !== undefined;

/** Groups, regions and the free hub belong to one subscription. */
export function setSubscription(draft: HubDraft, subscription: AzureSubscription): void {
  const before = draft.subscription;
  draft.subscription = subscription;
  if (!before || before.id === subscription.id) return;
  draft.group = undefined;
  draft.region = undefined;
  if (draft.sku !== undefined && isFree(draft.sku)) draft.sku = undefined;
}

/** Values that the plan fixes are not asked for; earlier answers are kept if the plan allows them. */
export function setPlan(draft: HubDraft, sku: string): void {
  const plan = planOf(sku);
  if (!plan) return;
  // A value of a fixed plan was not chosen by the user.
  const wasFree = draft.sku !== undefined && isFree(draft.sku);
  const kept = (value: number | undefined, { min, max }: { min: number; max: number }) =>
    min === max ? min : wasFree || value === undefined || value < min || value > max ? undefined : value;
  draft.sku = sku;
  draft.units = kept(draft.units, { min: 1, max: plan.maxUnits });
  draft.partitionCount = kept(draft.partitionCount, plan.partitions);
  draft.retentionDays = kept(draft.retentionDays, plan.retentionDays);
}

/** The hub of a draft whose steps are all answered; `undefined` while one is open. */
export function newHubOf(draft: HubDraft): NewHub | undefined {
  const { group, name, region, sku, units, partitionCount, retentionDays } = draft;
  const { isPublicAccessOff, isLocalAuthOff } = draft;
  if (!group || name === undefined || !region || sku === undefined || units === undefined) return undefined;
  if (partitionCount === undefined || retentionDays === undefined) return undefined;
  if (isPublicAccessOff === undefined || isLocalAuthOff === undefined) return undefined;
  return {
    name,
    resourceGroup: group.name,
    location: region.name,
    sku: { name: sku, units },
    partitionCount,
    retentionDays,
    isPublicAccessOff,
    isLocalAuthOff,
    tags: {},
  };
}
