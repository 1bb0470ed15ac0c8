import { formatCount } from '../base/numbers';
import { type UnreachableResources } from './discoveredResources';
import { titleOf, type Outcome } from './runCleanUp';

export interface Tally {
  readonly all: number;
  readonly deleted: number;
  readonly gone: number;
  readonly failed: number;
  /** Not begun, or cut off. */
  readonly cancelled: number;
}

export function tallyOutcomes(outcomes: readonly Outcome[]): Tally {
  const count = (...wanted: Outcome['status'][]) =>
    outcomes.filter(({ status }) => wanted.includes(status)).length;
  return {
    all: outcomes.length,
    deleted: count('deleted'),
    gone: count('gone'),
    failed: count('failed'),
    cancelled: count('left', 'cut'),
  };
}

/** `5 of 7 deleted, 2 failed.` */
export function outcomeSummary(outcomes: readonly Outcome[]): string {
  const { all, deleted, gone, failed, cancelled } = tallyOutcomes(outcomes);
  return `${[
    deleted === all
      ? `${formatCount(all)} deleted`
      : `${formatCount(deleted)} of ${formatCount(all)} deleted`,
    ...(gone ? [`${formatCount(gone)} ${gone === 1 ? 'was' : 'were'} gone already`] : []),
    ...(failed ? [`${formatCount(failed)} failed`] : []),
    ...(cancelled ? [`${formatCount(cancelled)} cancelled`] : []),
  ].join(', ')}.`;
}

const headings = [
  ['failed', 'Failed'],
  ['cut', 'Cut off: may still be deleted by the service'],
  ['left', 'Not begun'],
  ['deleted', 'Deleted'],
  ['gone', 'Gone already'],
] as const satisfies readonly (readonly [Outcome['status'], string])[];

/** What became of each thing, as Markdown that can be read as it is. */
export function cleanUpReport(
  outcomes: readonly Outcome[],
  unknown: readonly UnreachableResources[],
  when: string,
): string {
  const { failed, cancelled } = tallyOutcomes(outcomes);
  const sections = headings.flatMap(([status, heading]) => {
    const those = outcomes.filter((outcome) => outcome.status === status);
    return those.length === 0
      ? []
      : [
          `## ${heading}`,
          '',
          ...those.map(
            (outcome) =>
              `- ${plain(titleOf(outcome.find))}${outcome.status === 'failed' ? `: ${plain(outcome.reason)}` : ''}`,
          ),
          '',
        ];
  });
  return [
    `# Clean Up, ${when}`,
    '',
    outcomeSummary(outcomes),
    ...(failed + cancelled > 0 ? ['', 'Run Clean Up again to do the rest.'] : []),
    '',
    ...sections,
    ...unreachableSection(unknown),
  ].join('\n');
}

export function unreachableSection(unknown: readonly UnreachableResources[]): readonly string[] {
  if (unknown.length === 0) return [];
  return [
    '## Could not be looked at',
    '',
    ...unknown.map(({ what, reason }) => `- ${plain(what)}: ${plain(reason)}`),
    '',
  ];
}

/** Names come from elsewhere: one line each. */
const plain = (text: string) => text.replace(/\s+/g, ' ');
