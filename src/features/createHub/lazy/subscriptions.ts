import * as l10n from '@vscode/l10n';
import { type AzureSubscription } from '../../../core/azure/resources';
import { abortError } from '../../../core/base/abort';
import { IotError } from '../../../core/errors';
import { commands } from '../../../contributions';
import { azureScopeOf, type Node } from '../../../explorer/nodes';
import { type Services } from '../../../services';
import { executeCommand } from '../../../workbench/commands';
import { withProgress } from '../../../workbench/progress';
import { showInformation } from '../../../workbench/notifications';

/**
 * The subscriptions for a new hub: that of the node alone, those of its account, or all. Offers to sign in if nobody
 * is signed in.
 */
export async function subscriptionsFor(
  { azure }: Pick<Services, 'azure'>,
  node: Node | undefined,
): Promise<readonly AzureSubscription[]> {
  const { account, subscription } = azureScopeOf(node);
  if (subscription) return [subscription];
  const read = () =>
    withProgress(l10n.t('Reading your subscriptions'), (signal) => azure.subscriptions(account, signal));
  if ((await azure.accounts()).length === 0) await offerSignIn();
  const { subscriptions, failures } = await read();
  if (subscriptions.length > 0) return subscriptions;
  if (failures[0]) throw failures[0].error;
  if ((await azure.accounts()).length === 0) throw abortError();
  throw new IotError(
    'notFound',
    l10n.t(
      'A hub requires a subscription, and none is shown here. Select the subscriptions to show, or sign in with another account.',
    ),
    { action: { kind: 'chooseSubscriptions' } },
  );
}

async function offerSignIn(): Promise<void> {
  const signIn = l10n.t('Sign In…');
  const answer = await showInformation(
    l10n.t(
      'Sign in to Azure to create a hub in one of your subscriptions. The local hub does not require an account.',
    ),
    signIn,
  );
  if (answer !== signIn) throw abortError();
  await executeCommand(commands.signIn);
}
