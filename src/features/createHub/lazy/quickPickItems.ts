import * as l10n from '@vscode/l10n';
import { formatCount } from '../../../core/base/numbers';
import { byName } from '../../../core/base/sorting';
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

/** Shows why something cannot be selected. */
type Explain = (why: string) => void;

/** Value of the choice to create a group; a group never has an empty name. */
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
      return { icon: 'key', label: name, description, value: subscription };
    }
    const why =
      state === 'Deleted'
        ? l10n.t('Subscription "{0}" is deleted. Resources cannot be created in it.', name)
        : l10n.t('Subscription "{0}" is disabled. Resources cannot be created in it.', name);
    return {
      icon: 'circle-slash',
      label: name,
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
  const sorted = groups.toSorted(byName);
  return [
    {
      icon: 'add',
      label: l10n.t('New resource group…'),
      description: l10n.t('Groups resources so you can delete them together'),
      value: newGroup,
    },
    ...sorted.map(({ name, location }) => ({
      icon: 'folder',
      label: name,
      description: displayNameOf(location, regions),
      group: l10n.t('Existing resource groups'),
      value: name,
    })),
  ];
}

function headingOf(rank: RegionRank): string {
  switch (rank) {
    case 'lastUsed':
      return l10n.t('Last used');
    case 'ofGroup':
      return l10n.t('Region of the resource group');
    case 'nearest':
      return l10n.t('Nearest (estimated from your time zone)');
    case 'other':
      return l10n.t('All other regions');
  }
}

export function regionChoices(regions: readonly Region[], wishes: RegionWishes): readonly Choice<string>[] {
  return rankRegions(regions, wishes).map(({ region, rank }) => ({
    label: region.displayName,
    ...(region.geography === undefined ? {} : { description: region.geography }),
    group: headingOf(rank),
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
      icon: 'link-external',
      label: l10n.t('See Pricing…'),
      description: l10n.t('opens the browser'),
      group: l10n.t('Pricing'),
      value: '',
      instead: openPricing,
    },
  ];
}

function freeChoice(plan: HubPlan, taken: AzureHub | undefined, explain: Explain): Choice<string> {
  const limits = l10n.t(
    '{0}, up to {1} devices; one free hub per subscription',
    messagesPerDayText(plan.messagesPerDay),
    formatCount(maxDevicesOfFreeHub),
  );
  const group = l10n.t('Free');
  if (!taken) {
    return { label: 'F1', description: l10n.t('free'), detail: limits, group, value: plan.sku };
  }
  const why = l10n.t(
    'This subscription\'s one free hub is already used by "{0}" in resource group "{1}".',
    taken.name,
    taken.resourceGroup,
  );
  return {
    icon: 'circle-slash',
    label: 'F1',
    description: l10n.t('free · already used in this subscription'),
    detail: why,
    group,
    value: plan.sku,
    instead: () => explain(why),
  };
}

const paidChoice = ({ sku, tier, messagesPerDay }: HubPlan): Choice<string> => ({
  label: sku,
  description: l10n.t('billed · {0} per unit', messagesPerDayText(messagesPerDay)),
  group:
    tier === 'Basic'
      ? l10n.t('Basic: no cloud-to-device messages, device twins, or direct methods')
      : l10n.t('Standard'),
  value: sku,
});

export const publicAccessChoices = (): readonly Choice<boolean>[] => [
  {
    icon: 'globe',
    label: l10n.t('Enabled'),
    description: l10n.t('default'),
    detail: l10n.t('Devices and tools can connect to the hub from any network.'),
    value: false,
  },
  {
    icon: 'lock',
    label: l10n.t('Disabled'),
    description: l10n.t('private endpoints only'),
    detail: l10n.t(
      'The hub is accessible only through a private endpoint, from its network. This also applies to this extension.',
    ),
    value: true,
  },
];

export const localAuthChoices = (): readonly Choice<boolean>[] => [
  {
    icon: 'key',
    label: l10n.t('Enabled'),
    description: l10n.t('default'),
    detail: l10n.t('Tools can use the keys of shared access policies or Microsoft Entra ID.'),
    value: false,
  },
  {
    icon: 'lock',
    label: l10n.t('Disabled'),
    description: l10n.t('Microsoft Entra ID only'),
    detail: l10n.t(
      'You need a data role on the hub, such as IoT Hub Data Contributor, and this extension cannot monitor the built-in endpoint.',
    ),
    value: true,
  },
];
