import * as l10n from '@vscode/l10n';
import { itemList } from '../../../core/base/lists';
import { type UnreachableResources } from '../../../core/azure/discoveredResources';
import { type Outcome } from '../../../core/azure/runCleanUp';
import { formatCount } from '../../../core/base/numbers';
import { resourcesText, resourceText } from './resourceText';

export interface Tally {
  readonly all: number;
  readonly deleted: number;
  readonly gone: number;
  readonly failed: number;
  /** Not started, or interrupted. */
  readonly canceled: number;
}

export function tallyOutcomes(outcomes: readonly Outcome[]): Tally {
  const count = (...wanted: Outcome['status'][]) =>
    outcomes.filter(({ status }) => wanted.includes(status)).length;
  return {
    all: outcomes.length,
    deleted: count('deleted'),
    gone: count('gone'),
    failed: count('failed'),
    canceled: count('left', 'cut'),
  };
}

/** `5 of 7 resources deleted, 2 failed.` */
export function outcomeSummary(outcomes: readonly Outcome[]): string {
  const { all, deleted, gone, failed, canceled } = tallyOutcomes(outcomes);
  const parts = [
    deletedText(deleted, all),
    ...(gone ? [l10n.t('{0} already deleted', formatCount(gone))] : []),
    ...(failed ? [l10n.t('{0} failed', formatCount(failed))] : []),
    ...(canceled ? [l10n.t('{0} canceled', formatCount(canceled))] : []),
  ];
  return l10n.t({ message: '{0}.', args: [itemList(parts)], comment: ['A list of results as a sentence'] });
}

function deletedText(deleted: number, all: number): string {
  if (all === 1)
    return deleted === 1
      ? l10n.t('1 resource deleted')
      : l10n.t('{0} of 1 resource deleted', formatCount(deleted));
  return deleted === all
    ? l10n.t('{0} resources deleted', formatCount(all))
    : l10n.t('{0} of {1} resources deleted', formatCount(deleted), formatCount(all));
}

const sections = ['failed', 'cut', 'left', 'deleted', 'gone'] as const;

function headingOf(status: Outcome['status']): string {
  switch (status) {
    case 'failed':
      return l10n.t('Failed');
    case 'cut':
      return l10n.t('Canceled: the service may still complete the deletion');
    case 'left':
      return l10n.t('Not started');
    case 'deleted':
      return l10n.t('Deleted');
    case 'gone':
      return l10n.t('Already deleted');
  }
}

/** The result for each resource, as Markdown that is readable as plain text. */
export function cleanUpReport(
  outcomes: readonly Outcome[],
  unreachable: readonly UnreachableResources[],
  when: string,
): string {
  const { failed, canceled } = tallyOutcomes(outcomes);
  return [
    `# ${l10n.t('Clean Up, {0}', when)}`,
    '',
    outcomeSummary(outcomes),
    ...(failed + canceled > 0 ? ['', l10n.t('Run Clean Up again to delete the rest.')] : []),
    '',
    ...sections.flatMap((status) => outcomeSection(status, outcomes)),
    ...unreachableSection(unreachable),
  ].join('\n');
}

function outcomeSection(status: Outcome['status'], outcomes: readonly Outcome[]): readonly string[] {
  const listed = outcomes.filter((outcome) => outcome.status === status);
  if (listed.length === 0) return [];
  return [
    `## ${headingOf(status)}`,
    '',
    ...listed.map((outcome) => {
      const name = oneLine(resourceText(outcome.resource));
      return outcome.status === 'failed' ? `- ${name}: ${oneLine(outcome.reason)}` : `- ${name}`;
    }),
    '',
  ];
}

function unreachableSection(unreachable: readonly UnreachableResources[]): readonly string[] {
  if (unreachable.length === 0) return [];
  return [
    `## ${l10n.t('Could not be checked')}`,
    '',
    ...unreachable.map((one) => `- ${oneLine(resourcesText(one))}: ${oneLine(one.reason)}`),
    '',
  ];
}

/** Names come from elsewhere and may contain line breaks. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ');
