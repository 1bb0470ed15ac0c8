import {
  freeHubOf,
  hubPlans,
  messagesPerDayText,
  maxDevicesOfFreeHub,
  type HubPlan,
} from '../../../core/azure/hubPlans';
import { displayNameOf, rankRegions, type RegionRank, type RegionWishes } from '../../../core/azure/regions';
import {
  type AzureHub,
  type AzureSubscription,
  type Region,
  type ResourceGroup,
} from '../../../core/azure/resources';
import { type Choice } from '../../../workbench/prompts';

/** Says why something cannot be chosen. */
type Explain = (why: string) => void;

/** Value of the choice to make one; a group has no empty name. */
export const newGroup = '';

export function subscriptionChoices(
  subscriptions: readonly AzureSubscription[],
  explain: Explain,
): readonly Choice<AzureSubscription>[] {
  const accounts = new Set(subscriptions.map(({ account }) => account.id));
  return subscriptions.map((subscription) => {
    const { name, id, state, account } = subscription;
    const description = accounts.size > 1 ? `${account.label} · ${id}` : id;
    if (state !== 'Disabled' && state !== 'Deleted') {
      return { label: `$(key) ${name}`, description, value: subscription };
    }
    const why = `Subscription "${name}" is ${state.toLowerCase()}: nothing can be created in it.`;
    return {
      label: `$(circle-slash) ${name}`,
      description,
      detail: why,
      value: subscription,
      instead: () => explain(why),
    };
  });
}

export function groupChoices(
  groups: readonly ResourceGroup[],
  regions: readonly Region[],
): readonly Choice<string>[] {
  const sorted = groups.toSorted((one, other) => one.name.localeCompare(other.name));
  return [
    {
      label: '$(add) New resource group…',
      description: 'can be deleted as one, with all that is in it',
      value: newGroup,
    },
    ...sorted.map(({ name, location }) => ({
      label: `$(folder) ${name}`,
      description: displayNameOf(location, regions),
      group: 'Existing resource groups',
      value: name,
    })),
  ];
}

const headings: Readonly<Record<RegionRank, string>> = {
  lastUsed: 'Used last',
  ofGroup: 'Region of the resource group',
  nearest: 'Nearest, estimated from your time zone',
  other: 'All others',
};

export function regionChoices(regions: readonly Region[], wishes: RegionWishes): readonly Choice<string>[] {
  return rankRegions(regions, wishes).map(({ region, rank }) => ({
    label: region.displayName,
    ...(region.geography === undefined ? {} : { description: region.geography }),
    group: headings[rank],
    value: region.name,
  }));
}

export interface PlanChoicesNeeds {
  readonly hubs: readonly AzureHub[];
  readonly explain: Explain;
  readonly openPricing: () => void;
}

export function planChoices({ hubs, explain, openPricing }: PlanChoicesNeeds): readonly Choice<string>[] {
  return [
    ...hubPlans.map((plan) =>
      plan.tier === 'Free' ? freeChoice(plan, freeHubOf(hubs), explain) : paidChoice(plan),
    ),
    {
      label: '$(link-external) See Pricing…',
      description: 'opens the browser',
      group: 'Costs',
      value: '',
      instead: openPricing,
    },
  ];
}

function freeChoice(plan: HubPlan, taken: AzureHub | undefined, explain: Explain): Choice<string> {
  const gives = `${messagesPerDayText(plan.messagesPerDay)}, up to ${maxDevicesOfFreeHub} devices, one for each subscription`;
  if (!taken) {
    return { label: 'F1', description: 'free', detail: gives, group: 'Free', value: plan.sku };
  }
  const why = `Hub "${taken.name}" in resource group "${taken.resourceGroup}" is the free one; a subscription has one at most.`;
  return {
    label: '$(circle-slash) F1',
    description: 'free · already used in this subscription',
    detail: why,
    group: 'Free',
    value: plan.sku,
    instead: () => explain(why),
  };
}

const paidChoice = ({ sku, tier, messagesPerDay }: HubPlan): Choice<string> => ({
  label: sku,
  description: `costs money · ${messagesPerDayText(messagesPerDay)} for each unit`,
  group: tier === 'Basic' ? 'Basic: no cloud-to-device messages, device twins or direct methods' : 'Standard',
  value: sku,
});

export const publicAccessChoices: readonly Choice<boolean>[] = [
  {
    label: '$(globe) On',
    description: 'the usual',
    detail: 'Devices and tools reach the hub from any network.',
    value: false,
  },
  {
    label: '$(lock) Off',
    description: 'private endpoints only',
    detail:
      'Nobody reaches the hub before it has a private endpoint, and then from that network alone; that goes for this extension too.',
    value: true,
  },
];

export const localAuthChoices: readonly Choice<boolean>[] = [
  {
    label: '$(key) On',
    description: 'the usual',
    detail: 'Tools may use the keys of shared access policies; Microsoft Entra ID works too.',
    value: false,
  },
  {
    label: '$(lock) Off',
    description: 'Microsoft Entra ID only',
    detail:
      'You need a data role on the hub, such as IoT Hub Data Contributor, and this extension cannot monitor its built-in endpoint.',
    value: true,
  },
];
