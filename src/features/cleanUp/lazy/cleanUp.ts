import * as vscode from 'vscode';
import { checkMade, type CleanUpScope } from '../../../core/azure/cleanUpCheck';
import { counted } from '../../../core/base/numbers';
import { type Findings } from '../../../core/azure/cleanUpFinds';
import { lossOf } from '../../../core/azure/cleanUpLoss';
import { planOf, selectionOf } from '../../../core/azure/cleanUpPlan';
import { runCleanUp } from '../../../core/azure/cleanUpRun';
import { azurePlaceOf, type Node } from '../../../explorer/nodes';
import { withProgress } from '../../../workbench/progress';
import { askText, confirm, noBack } from '../../../workbench/prompts';
import { type ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { type CleanUpNeeds } from '../cleanUpFeature';
import { askUnknown } from './askUnknown';
import { askWhat } from './askWhat';
import { handsOf } from './hands';
import { refreshAfter, tell } from './aftermath';

const title = 'Clean Up';

/** Lists what was made from this VS Code and is still there, and deletes what stays ticked. */
export async function cleanUp(
  services: CleanUpNeeds,
  reports: ReadOnlyDocuments,
  node?: Node,
): Promise<void> {
  const { account, subscription } = azurePlaceOf(node);
  const scope: CleanUpScope = {
    ...(account ? { accountId: account.id } : {}),
    ...(subscription ? { subscriptionId: subscription.id } : {}),
  };
  const where = subscription?.name ?? account?.label;
  for (;;) {
    const findings = await look(services, scope);
    const rows = planOf(findings);
    if (rows.length === 0) {
      const isAgain = await tellEmpty(services, findings, where);
      if (isAgain) continue;
      return;
    }
    const answer = await askWhat(where === undefined ? title : `${title}: ${where}`, rows, findings.unknown);
    if (answer.kind === 'unknown') {
      await askUnknown(services, findings.unknown);
      continue;
    }
    if (answer.kind === 'forget') {
      await services.made.remove(...answer.row.finds.map(({ thing }) => thing));
      services.log.info(`Clean Up does not list ${answer.row.label} any more; it stays where it is.`);
      continue;
    }
    const { direct, covered } = selectionOf(rows, answer.ticked);
    if (direct.length === 0) {
      void vscode.window.showInformationMessage('Nothing was ticked, so nothing was deleted.');
      return;
    }
    const loss = lossOf(direct, covered);
    await confirm(loss.question, loss.detail, loss.typed ? 'Go On…' : 'Delete');
    if (loss.typed) await askName(loss.typed);
    const count = direct.flatMap(({ finds }) => finds).length;
    const outcomes = await withProgress(`Deleting ${counted(count, 'thing')}`, (signal, report) =>
      runCleanUp(rows, answer.ticked, handsOf(services), services.made, { signal, report }),
    );
    refreshAfter(services, outcomes);
    tell(services, reports, outcomes, findings.unknown);
    return;
  }
}

async function look(services: CleanUpNeeds, scope: CleanUpScope): Promise<Findings> {
  const { made, azure, log } = services;
  const findings = await withProgress('Looking what is still there', (signal, report) =>
    checkMade(made.list(), services, { scope, signal, report }),
  );
  if (findings.gone.length > 0) {
    await made.remove(...findings.gone);
    // The tree may still show what was deleted elsewhere.
    if (findings.gone.some(({ kind }) => kind === 'hub' || kind === 'resourceGroup')) azure.refresh();
    log.info(`${counted(findings.gone.length, 'thing')} made from this VS Code had been deleted elsewhere.`);
  }
  for (const { what, reason } of findings.unknown) log.warn(`Clean Up could not look at ${what}: ${reason}`);
  return findings;
}

/** Whether it should be looked once more. */
async function tellEmpty(
  services: CleanUpNeeds,
  { unknown }: Findings,
  where: string | undefined,
): Promise<boolean> {
  if (unknown.length > 0) {
    await askUnknown(services, unknown);
    return true;
  }
  void vscode.window.showInformationMessage(
    where === undefined
      ? 'Nothing was made from this VS Code, or all of it is gone.'
      : `Nothing in ${where} was made from this VS Code, or all of it is gone.`,
  );
  return false;
}

async function askName({ name, prompt }: { readonly name: string; readonly prompt: string }): Promise<void> {
  noBack(
    await askText({
      title,
      prompt,
      placeholder: name,
      validate: (text) => (text.trim() === name ? undefined : `Type ${name}, exactly as it is written.`),
    }),
  );
}
