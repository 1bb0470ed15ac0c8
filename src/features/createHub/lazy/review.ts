import * as l10n from '@vscode/l10n';
import { type HubDraft, type HubStep } from '../../../core/azure/hubDraft';
import { isFree, messagesPerDayText, planOf } from '../../../core/azure/hubPlans';
import { displayNameOf } from '../../../core/azure/regions';
import { type Region } from '../../../core/azure/resources';
import { daysText } from '../../../core/base/durations';
import { type Choice } from '../../../workbench/prompts';

/** The choice of the last step: create, or what to change. */
export type ReviewAnswer = HubStep | 'create' | 'groupRegion';

/** All answers, each leading back to its question. */
export function reviewChoices(
  draft: HubDraft,
  { steps, regions }: { readonly steps: readonly HubStep[]; readonly regions: readonly Region[] },
): readonly Choice<ReviewAnswer>[] {
  const { subscription, group, name = '', region, sku = '' } = draft;
  const plan = planOf(sku);
  const units = draft.units ?? 1;
  const isAsked = (step: HubStep) => steps.includes(step);
  const row = (label: string, description: string, value: ReviewAnswer, canChange = true) =>
    ({
      icon: canChange ? 'edit' : 'dash',
      label,
      description,
      group: l10n.t('Select a row to change it'),
      value,
      ...(canChange ? {} : { instead: () => undefined }),
    }) satisfies Choice<ReviewAnswer>;
  const isFixed = isFree(sku);
  const fixedText = (text: string) => (isFixed ? l10n.t('{0} (fixed in the free tier)', text) : text);
  return [
    {
      icon: 'check',
      label: l10n.t('Create hub "{0}"', name),
      description: isFree(sku) ? l10n.t('free') : l10n.t('billed from creation, whether used or not'),
      value: 'create',
    },
    row(l10n.t('Subscription'), subscription?.name ?? '', 'subscription', isAsked('subscription')),
    ...(group?.kind === 'new'
      ? [
          row(l10n.t('Resource group'), l10n.t('{0} (new)', group.name), 'group'),
          row(
            l10n.t('Region of the resource group'),
            group.region ? group.region.displayName : l10n.t('same as the hub'),
            'groupRegion',
          ),
        ]
      : [
          row(
            l10n.t('Resource group'),
            group ? `${group.name} · ${displayNameOf(group.location, regions)}` : '',
            'group',
          ),
        ]),
    row(l10n.t('Name'), name, 'name'),
    row(l10n.t('Region'), region?.displayName ?? '', 'region'),
    row(l10n.t('Tier'), plan ? `${sku} · ${messagesPerDayText(plan.messagesPerDay * units)}` : sku, 'plan'),
    ...(isAsked('units') ? [row(l10n.t('Units'), String(units), 'units')] : []),
    row(
      l10n.t('Partitions'),
      fixedText(String(draft.partitionCount ?? '')),
      'partitions',
      isAsked('partitions'),
    ),
    row(
      l10n.t('Retention'),
      fixedText(daysText(draft.retentionDays ?? 0)),
      'retention',
      isAsked('retention'),
    ),
    row(
      l10n.t('Public network access'),
      draft.isPublicAccessOff ? l10n.t('disabled') : l10n.t('enabled'),
      'publicAccess',
    ),
    row(
      l10n.t('Shared access keys'),
      draft.isLocalAuthOff ? l10n.t('disabled: Microsoft Entra ID only') : l10n.t('enabled'),
      'localAuth',
    ),
  ];
}

/** The choice to continue a kept draft. */
export function continueText({ name, region, sku, group }: HubDraft): string {
  const parts = [group?.name, region?.displayName, sku].filter(Boolean).join(', ');
  if (name === undefined)
    return parts === ''
      ? l10n.t('Continue with the unfinished hub')
      : l10n.t('Continue with the unfinished hub ({0})', parts);
  return parts === ''
    ? l10n.t('Continue with hub "{0}"', name)
    : l10n.t('Continue with hub "{0}" ({1})', name, parts);
}
