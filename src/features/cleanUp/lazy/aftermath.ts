import * as vscode from 'vscode';
import { azureHubId, subscriptionKey } from '../../../core/azure/azureDirectory';
import { type Unknown } from '../../../core/azure/cleanUpFinds';
import { reportOf, summaryOf, tallyOf } from '../../../core/azure/cleanUpReport';
import { titleOf, type Outcome } from '../../../core/azure/cleanUpRun';
import { type AzureSubscription } from '../../../core/azure/resources';
import { runButton } from '../../../workbench/commands';
import { failureButton } from '../../../workbench/failureActions';
import { formatDateTime } from '../../../core/base/dates';
import { type ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { type CleanUpNeeds } from '../cleanUpFeature';

/** The tree shows what is left; also after a failure or a cancel, when nobody knows. */
export function refreshAfter(
  { devices, certificates, azure }: Pick<CleanUpNeeds, 'devices' | 'certificates' | 'azure'>,
  outcomes: readonly Outcome[],
): void {
  const goneDevices = new Map<string, Set<string>>();
  const hubsWithCertificates = new Set<string>();
  const subscriptions = new Map<string, AzureSubscription>();
  for (const { find, status } of outcomes) {
    if (status === 'left') continue;
    const isGone = status === 'deleted' || status === 'gone';
    switch (find.kind) {
      case 'device': {
        if (!isGone) break;
        const ids = goneDevices.get(find.thing.hubId) ?? new Set<string>();
        goneDevices.set(find.thing.hubId, ids.add(find.thing.deviceId));
        break;
      }
      case 'hubCertificate':
        hubsWithCertificates.add(find.thing.hubId);
        break;
      case 'hub':
        subscriptions.set(subscriptionKey(find.subscription), find.subscription);
        if (isGone) {
          devices.forget(azureHubId(find.hub));
          certificates.forget(azureHubId(find.hub));
        }
        break;
      case 'resourceGroup':
        subscriptions.set(subscriptionKey(find.subscription), find.subscription);
        break;
      case 'authority':
        // The store tells of its own changes.
        break;
    }
  }
  for (const [hubId, ids] of goneDevices) devices.remove(hubId, ids);
  for (const hubId of hubsWithCertificates) certificates.refresh(hubId);
  for (const subscription of subscriptions.values()) azure.refresh(subscription);
}

/** Not awaited: the command is over. */
export function tell(
  { log }: Pick<CleanUpNeeds, 'log'>,
  reports: ReadOnlyDocuments,
  outcomes: readonly Outcome[],
  unknown: readonly Unknown[],
): void {
  const summary = summaryOf(outcomes);
  const failures = outcomes.filter((outcome) => outcome.status === 'failed');
  log.info(`Clean Up: ${summary}`);
  for (const { find, error } of failures) log.error(`Deleting ${titleOf(find)} failed.`, error);
  const { failed, cancelled } = tallyOf(outcomes);
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
      await reports.open(`Clean Up ${time}.md`, reportOf(outcomes, unknown, formatDateTime(now.getTime())));
    } else if (action && answer === action.title) {
      await runButton(action);
    }
  });
}
