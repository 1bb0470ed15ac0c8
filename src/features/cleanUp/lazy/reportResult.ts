import * as vscode from 'vscode';
import { type UnreachableResources } from '../../../core/azure/discoveredResources';
import { cleanUpReport, outcomeSummary, tallyOutcomes } from '../../../core/azure/cleanUpReport';
import { titleOf, type Outcome } from '../../../core/azure/runCleanUp';
import { runButton } from '../../../workbench/commands';
import { failureButton } from '../../../workbench/failureActions';
import { formatDateTime } from '../../../core/base/dates';
import { type ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { type CleanUpNeeds } from '../needs';

/** Not awaited: the command is over. */
export function reportResult(
  { log }: Pick<CleanUpNeeds, 'log'>,
  reports: ReadOnlyDocuments,
  outcomes: readonly Outcome[],
  unknown: readonly UnreachableResources[],
): void {
  const summary = outcomeSummary(outcomes);
  const failures = outcomes.filter((outcome) => outcome.status === 'failed');
  log.info(`Clean Up: ${summary}`);
  for (const { find, error } of failures) log.error(`Deleting ${titleOf(find)} failed.`, error);
  const { failed, cancelled } = tallyOutcomes(outcomes);
  const [first] = failures;
  const isOneKind = new Set(failures.map(({ reason }) => reason)).size === 1;
  const text = first && isOneKind ? `${summary} ${first.reason}` : summary;
  const details = 'Show Details';
  const action = isOneKind && first?.error.action ? failureButton(first.error.action) : undefined;
  const say =
    failed + cancelled > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  void say(`Clean Up: ${text}`, ...(action ? [action.title] : []), details).then(async (answer) => {
    if (answer === details) {
      const now = new Date();
      const time = now.toTimeString().slice(0, 8).replaceAll(':', '.');
      await reports.open(
        `Clean Up ${time}.md`,
        cleanUpReport(outcomes, unknown, formatDateTime(now.getTime())),
      );
    } else if (action && answer === action.title) {
      await runButton(action);
    }
  });
}
