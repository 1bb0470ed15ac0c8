import * as l10n from '@vscode/l10n';
import { type UnreachableResources } from '../../../core/azure/discoveredResources';
import { type Outcome } from '../../../core/azure/runCleanUp';
import { runButton } from '../../../workbench/commands';
import { failureButton } from '../../../workbench/failureActions';
import { formatDateTime } from '../../../core/base/dates';
import { type ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { type CleanUpNeeds } from '../needs';
import { cleanUpReport, outcomeSummary, tallyOutcomes } from './cleanUpReport';
import { resourceText } from './resourceText';
import { showInformation, showWarning } from '../../../workbench/notifications';

/** Not awaited: the command has ended. */
export function reportResult(
  { log }: Pick<CleanUpNeeds, 'log'>,
  reports: ReadOnlyDocuments,
  outcomes: readonly Outcome[],
  unreachable: readonly UnreachableResources[],
): void {
  const summary = outcomeSummary(outcomes);
  const failures = outcomes.filter((outcome) => outcome.status === 'failed');
  log.info(`Clean Up: ${summary}`);
  for (const { resource, error } of failures) log.error(`Deleting ${resourceText(resource)} failed.`, error);
  const { failed, canceled } = tallyOutcomes(outcomes);
  const [first] = failures;
  const isOneKind = new Set(failures.map(({ reason }) => reason)).size === 1;
  const text = first && isOneKind ? `${summary} ${first.reason}` : summary;
  const details = l10n.t('Show Details');
  const action = isOneKind && first?.error.action ? failureButton(first.error.action) : undefined;
  const show = failed + canceled > 0 ? showWarning : showInformation;
  void show(l10n.t('Clean Up: {0}', text), ...(action ? [action.title] : []), details).then(
    async (answer) => {
      if (answer === details) {
        const now = new Date();
        const time = now.toTimeString().slice(0, 8).replaceAll(':', '.');
        await reports.open(
          l10n.t('Clean Up {0}.md', time),
          cleanUpReport(outcomes, unreachable, formatDateTime(now.getTime())),
        );
      } else if (action && answer === action.title) {
        await runButton(action);
      }
    },
  );
}
