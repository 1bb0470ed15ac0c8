import * as vscode from 'vscode';
import { type AzureSubscription } from '../../../core/azure/resources';
import { abortError } from '../../../core/base/abort';
import { IotError } from '../../../core/errors';
import { commands } from '../../../contributions';
import { azureScopeOf, type Node } from '../../../explorer/nodes';
import { type Services } from '../../../services';
import { executeCommand } from '../../../workbench/commands';
import { withProgress } from '../../../workbench/progress';

/**
 * Where a hub may be made: the subscription of the node alone, those of its account, or all. Who is not signed
 * in is offered to.
 */
export async function subscriptionsFor(
  { azure }: Pick<Services, 'azure'>,
  node: Node | undefined,
): Promise<readonly AzureSubscription[]> {
  const { account, subscription } = azureScopeOf(node);
  if (subscription) return [subscription];
  const read = () =>
    withProgress('Reading your subscriptions', (signal) => azure.subscriptions(account, signal));
  if ((await azure.accounts()).length === 0) await offerSignIn();
  const { subscriptions, failures } = await read();
  if (subscriptions.length > 0) return subscriptions;
  if (failures[0]) throw failures[0].error;
  if ((await azure.accounts()).length === 0) throw abortError();
  throw new IotError(
    'notFound',
    'A hub needs a subscription, and none is shown here. Choose which ones to see, or sign in with another account.',
    { action: { kind: 'chooseSubscriptions' } },
  );
}

async function offerSignIn(): Promise<void> {
  const signIn = 'Sign In…';
  const answer = await vscode.window.showInformationMessage(
    'A hub is created in a subscription of yours: sign in to Azure first. The local hub needs no account.',
    signIn,
  );
  if (answer !== signIn) throw abortError();
  await executeCommand(commands.signIn);
}
