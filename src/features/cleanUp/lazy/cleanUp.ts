import * as l10n from '@vscode/l10n';
import { checkCreatedResources } from '../../../core/azure/checkCreatedResources';
import { type CleanUpScope } from '../../../core/azure/checkOptions';
import { formatCount } from '../../../core/base/numbers';
import { type CleanUpFindings } from '../../../core/azure/discoveredResources';
import { cleanUpPlan, selectionOf } from '../../../core/azure/cleanUpPlan';
import { runCleanUp } from '../../../core/azure/runCleanUp';
import { plainMessage } from '../../../core/errors';
import { azureScopeOf, type Node } from '../../../explorer/nodes';
import { withProgress } from '../../../workbench/progress';
import { askText, confirm, noBack } from '../../../workbench/prompts';
import { type ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { type CleanUpNeeds } from '../needs';
import { resolveUnreachable } from './resolveUnreachable';
import { pickResources } from './pickResources';
import { deleteConfirmation } from './deleteConfirmation';
import { checkProgressText, cleanUpProgressText, resourcesText } from './resourceText';
import { rowText } from './rowText';
import { cleanUpOperations } from './cleanUpOperations';
import { refreshTree } from './refreshTree';
import { reportResult } from './reportResult';
import { showInformation } from '../../../workbench/notifications';

const title = () => l10n.t('Clean Up');

/** Lists the resources created on this computer that still exist, and deletes the selected ones. */
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
    const findings = await readFindings(services, scope);
    const rows = cleanUpPlan(findings);
    if (rows.length === 0) {
      const isAgain = await showEmpty(services, findings, where);
      if (isAgain) continue;
      return;
    }
    const answer = await pickResources(
      where === undefined ? title() : l10n.t('Clean Up: {0}', where),
      rows,
      findings.unreachable,
    );
    if (answer.kind === 'unknown') {
      await resolveUnreachable(services, findings.unreachable);
      continue;
    }
    if (answer.kind === 'forget') {
      await services.createdResources.remove(...answer.row.resources.map(({ created }) => created));
      services.log.info(`Clean Up no longer lists ${rowText(answer.row).label}; it was not deleted.`);
      continue;
    }
    const { direct, covered } = selectionOf(rows, answer.ticked);
    if (direct.length === 0) {
      void showInformation(l10n.t('No items selected. Nothing was deleted.'));
      return;
    }
    const { question, detail, typed } = deleteConfirmation(direct, covered);
    await confirm(
      question,
      detail,
      typed
        ? l10n.t({ message: 'Continue…', args: [], comment: ['Verb, button'] })
        : l10n.t({ message: 'Delete', args: [], comment: ['Verb, button'] }),
    );
    if (typed) await askName(typed);
    const count = direct.flatMap(({ resources }) => resources).length;
    const outcomes = await withProgress(deletingText(count), (signal, report) =>
      runCleanUp(rows, answer.ticked, cleanUpOperations(services), services.createdResources, {
        signal,
        report: (progress) => report(cleanUpProgressText(progress)),
      }),
    );
    refreshTree(services, outcomes);
    reportResult(services, reports, outcomes, findings.unreachable);
    return;
  }
}

async function readFindings(services: CleanUpNeeds, scope: CleanUpScope): Promise<CleanUpFindings> {
  const { createdResources, azure, log } = services;
  const findings = await withProgress(l10n.t('Checking for existing resources'), (signal, report) =>
    checkCreatedResources(createdResources.list(), services, {
      scope,
      signal,
      report: (progress) => report(checkProgressText(progress)),
    }),
  );
  if (findings.gone.length > 0) {
    await createdResources.remove(...findings.gone);
    // The tree may still show resources that were deleted elsewhere.
    if (findings.gone.some(({ kind }) => kind === 'hub' || kind === 'resourceGroup')) azure.refresh();
    log.info(`Resources created on this computer and deleted elsewhere: ${findings.gone.length}.`);
  }
  // A resource that was found once is known to Azure: from now on, one that is not found and not listed is deleted.
  const known = findings.found.flatMap(({ created }) =>
    (created.kind === 'hub' || created.kind === 'resourceGroup') && created.createdAt
      ? [{ ...created, createdAt: 0 }]
      : [],
  );
  if (known.length > 0) await createdResources.add(...known);
  for (const unreachable of findings.unreachable)
    log.warn(`Clean Up could not check ${resourcesText(unreachable)}: ${unreachable.reason}`);
  for (const one of findings.found)
    if (one.kind === 'hub' && one.failure)
      log.warn(`Clean Up could not read the devices of hub ${one.hub.name}: ${plainMessage(one.failure)}`);
  return findings;
}

/** @returns whether to check again */
async function showEmpty(
  services: CleanUpNeeds,
  { unreachable }: CleanUpFindings,
  where: string | undefined,
): Promise<boolean> {
  if (unreachable.length > 0) {
    await resolveUnreachable(services, unreachable);
    return true;
  }
  void showInformation(
    where === undefined ? l10n.t('Nothing to clean up.') : l10n.t('Nothing to clean up in {0}.', where),
  );
  return false;
}

const deletingText = (count: number) =>
  count === 1 ? l10n.t('Deleting 1 resource') : l10n.t('Deleting {0} resources', formatCount(count));

async function askName({ name, prompt }: { readonly name: string; readonly prompt: string }): Promise<void> {
  noBack(
    await askText({
      title: title(),
      prompt,
      placeholder: name,
      validate: (text) => (text.trim() === name ? undefined : l10n.t('Type "{0}" exactly.', name)),
    }),
  );
}
