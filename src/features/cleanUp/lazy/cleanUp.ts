import * as vscode from 'vscode';
import { checkCreatedResources, type CleanUpScope } from '../../../core/azure/checkCreatedResources';
import { counted } from '../../../core/base/numbers';
import { type CleanUpFindings } from '../../../core/azure/discoveredResources';
import { deleteConfirmation } from '../../../core/azure/deleteConfirmation';
import { cleanUpPlan, selectionOf } from '../../../core/azure/cleanUpPlan';
import { runCleanUp } from '../../../core/azure/runCleanUp';
import { azureScopeOf, type Node } from '../../../explorer/nodes';
import { withProgress } from '../../../workbench/progress';
import { askText, confirm, noBack } from '../../../workbench/prompts';
import { type ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { type CleanUpNeeds } from '../needs';
import { resolveUnreachable } from './resolveUnreachable';
import { pickResources } from './pickResources';
import { cleanUpOperations } from './cleanUpOperations';
import { refreshTree } from './refreshTree';
import { reportResult } from './reportResult';

const title = 'Clean Up';

/** Lists what was made from this VS Code and is still there, and deletes what stays ticked. */
export async function cleanUp(
  services: CleanUpNeeds,
  reports: ReadOnlyDocuments,
  node?: Node,
): Promise<void> {
  const { account, subscription } = azureScopeOf(node);
  const scope: CleanUpScope = {
    ...(account ? { accountId: account.id } : {}),
    ...(subscription ? { subscriptionId: subscription.id } : {}),
  };
  const where = subscription?.name ?? account?.label;
  for (;;) {
    const findings = await look(services, scope);
    const rows = cleanUpPlan(findings);
    if (rows.length === 0) {
      const isAgain = await tellEmpty(services, findings, where);
      if (isAgain) continue;
      return;
    }
    const answer = await pickResources(
      where === undefined ? title : `${title}: ${where}`,
      rows,
      findings.unreachable,
    );
    if (answer.kind === 'unknown') {
      await resolveUnreachable(services, findings.unreachable);
      continue;
    }
    if (answer.kind === 'forget') {
      await services.createdResources.remove(...answer.row.finds.map(({ created }) => created));
      services.log.info(`Clean Up does not list ${answer.row.label} any more; it stays where it is.`);
      continue;
    }
    const { direct, covered } = selectionOf(rows, answer.ticked);
    if (direct.length === 0) {
      void vscode.window.showInformationMessage('Nothing was ticked, so nothing was deleted.');
      return;
    }
    const loss = deleteConfirmation(direct, covered);
    await confirm(loss.question, loss.detail, loss.typed ? 'Go On…' : 'Delete');
    if (loss.typed) await askName(loss.typed);
    const count = direct.flatMap(({ finds }) => finds).length;
    const outcomes = await withProgress(`Deleting ${counted(count, 'thing')}`, (signal, report) =>
      runCleanUp(rows, answer.ticked, cleanUpOperations(services), services.createdResources, {
        signal,
        report,
      }),
    );
    refreshTree(services, outcomes);
    reportResult(services, reports, outcomes, findings.unreachable);
    return;
  }
}

async function look(services: CleanUpNeeds, scope: CleanUpScope): Promise<CleanUpFindings> {
  const { createdResources, azure, log } = services;
  const findings = await withProgress('Looking what is still there', (signal, report) =>
    checkCreatedResources(createdResources.list(), services, { scope, signal, report }),
  );
  if (findings.gone.length > 0) {
    await createdResources.remove(...findings.gone);
    // The tree may still show what was deleted elsewhere.
    if (findings.gone.some(({ kind }) => kind === 'hub' || kind === 'resourceGroup')) azure.refresh();
    log.info(`${counted(findings.gone.length, 'thing')} made from this VS Code had been deleted elsewhere.`);
  }
  for (const { what, reason } of findings.unreachable)
    log.warn(`Clean Up could not look at ${what}: ${reason}`);
  return findings;
}

/** Whether it should be looked once more. */
async function tellEmpty(
  services: CleanUpNeeds,
  { unreachable }: CleanUpFindings,
  where: string | undefined,
): Promise<boolean> {
  if (unreachable.length > 0) {
    await resolveUnreachable(services, unreachable);
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
