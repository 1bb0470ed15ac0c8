import { type HubDraft, type HubStep } from '../../../core/azure/hubDraft';
import { isFree, messagesPerDayText, planOf } from '../../../core/azure/hubPlans';
import { displayNameOf } from '../../../core/azure/regions';
import { type Region } from '../../../core/azure/resources';
import { counted } from '../../../core/base/numbers';
import { type Choice } from '../../../workbench/prompts';

/** What is chosen in the last step: go, or what to change. */
export type ReviewAnswer = HubStep | 'create' | 'groupRegion';

/** All answers, each a way back to its question. */
export function reviewChoices(
  draft: HubDraft,
  { steps, regions }: { readonly steps: readonly HubStep[]; readonly regions: readonly Region[] },
): readonly Choice<ReviewAnswer>[] {
  const { subscription, group, name = '', region, sku = '' } = draft;
  const plan = planOf(sku);
  const units = draft.units ?? 1;
  const isAsked = (step: HubStep) => steps.includes(step);
  const line = (label: string, description: string, value: ReviewAnswer, canChange = true) =>
    ({
      label: `$(${canChange ? 'edit' : 'dash'}) ${label}`,
      description,
      group: 'Choose a line to change it',
      value,
      ...(canChange ? {} : { instead: () => undefined }),
    }) satisfies Choice<ReviewAnswer>;
  const fixedBy = isFree(sku) ? ' (fixed in the free tier)' : '';
  return [
    {
      label: `$(check) Create hub "${name}"`,
      description: isFree(sku) ? 'free' : 'costs money from its creation on, used or not',
      value: 'create',
    },
    line('Subscription', subscription?.name ?? '', 'subscription', isAsked('subscription')),
    ...(group?.kind === 'new'
      ? [
          line('Resource group', `${group.name} (new)`, 'group'),
          line(
            'Region of the resource group',
            group.region ? group.region.displayName : 'the same as the hub',
            'groupRegion',
          ),
        ]
      : [
          line(
            'Resource group',
            group ? `${group.name} · ${displayNameOf(group.location, regions)}` : '',
            'group',
          ),
        ]),
    line('Name', name, 'name'),
    line('Region', region?.displayName ?? '', 'region'),
    line('Tier', plan ? `${sku} · ${messagesPerDayText(plan.messagesPerDay * units)}` : sku, 'plan'),
    ...(isAsked('units') ? [line('Units', String(units), 'units')] : []),
    line('Partitions', `${draft.partitionCount ?? ''}${fixedBy}`, 'partitions', isAsked('partitions')),
    line(
      'Retention',
      `${counted(draft.retentionDays ?? 0, 'day')}${fixedBy}`,
      'retention',
      isAsked('retention'),
    ),
    line('Public access', draft.isPublicAccessOff ? 'off' : 'on', 'publicAccess'),
    line('Shared access keys', draft.isLocalAuthOff ? 'off: Microsoft Entra ID only' : 'on', 'localAuth'),
  ];
}

/** What a kept draft is called. */
export function draftText({ name, region, sku, group }: HubDraft): string {
  const what = name === undefined ? 'the hub that was begun' : `hub "${name}"`;
  const parts = [group?.name, region?.displayName, sku].filter(Boolean);
  return parts.length > 0 ? `${what} (${parts.join(', ')})` : what;
}
