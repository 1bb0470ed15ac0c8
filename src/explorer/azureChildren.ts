import { delay } from '../core/base/abort';
import { type AzureAccount } from '../core/azure/accounts';
import { azureHubId, subscriptionKey } from '../core/azure/azureDirectory';
import { type TenantFailure } from '../core/azure/subscriptionList';
import { readCloud } from '../core/azure/cloud';
import { type AzureSubscription } from '../core/azure/resources';
import { isIotError, plainMessage } from '../core/errors';
import { commands } from '../contributions';
import { counted } from '../core/base/numbers';
import { type Services } from '../services';
import { type MissingSession, type Node } from './nodes';

type Needs = Pick<Services, 'hubs' | 'azure' | 'accounts'>;

/** VS Code wakes up its sign-in first, and the hubs of this computer do not wait for that. */
const patienceMs = 150;

/**
 * The accounts at the top of the tree, or what to do to have one there.
 * @param onLate when the answer has come after all, or has failed
 */
export async function accountNodes({ azure, accounts }: Needs, onLate: () => void): Promise<Node[]> {
  const notice = { kind: 'notice', branch: 'azure' } as const;
  try {
    const reading = azure.accounts();
    const list = await Promise.race([reading, delay(patienceMs)]);
    if (!list) {
      reading.then(onLate, onLate);
      return [{ ...notice, text: 'Asking VS Code for your accounts…', icon: 'loading~spin' }];
    }
    const { name } = accounts.cloud();
    const cloud = name === publicCloudName ? {} : { cloud: name };
    if (list.length > 0) return list.map((account) => ({ kind: 'account', account, ...cloud }));
    return [
      {
        ...notice,
        text: name === publicCloudName ? 'Sign in to Azure…' : `Sign in to ${name}…`,
        icon: 'account',
        detail:
          'Shows the hubs of your subscriptions, creates new ones and cleans up, with an account of VS Code. Not needed for the local hub and for connection strings.',
        command: commands.signIn,
      },
    ];
  } catch (error) {
    return [{ kind: 'failure', branch: 'azure', message: plainMessage(error) }];
  }
}

const publicCloudName = readCloud({ environment: undefined, customEnvironment: undefined }).name;

export async function subscriptionNodes(
  account: AzureAccount,
  cloud: string | undefined,
  { azure }: Needs,
): Promise<Node[]> {
  const [shown, all] = await Promise.all([azure.subscriptions(account), azure.allSubscriptions(account)]);
  const above = { kind: 'account', account, ...(cloud ? { cloud } : {}) } as const;
  const notice = { kind: 'notice', branch: 'subscription', above } as const;
  const nodes: Node[] = shown.subscriptions.map((subscription) => ({ kind: 'subscription', subscription }));
  const hidden = all.subscriptions.length - nodes.length;
  const tenants = all.hiddenTenants?.length ?? 0;
  if (hidden + tenants > 0) {
    const leftOut = `${counted(tenants, 'tenant')} left out`;
    const parts = [...(hidden > 0 ? [`${hidden} hidden`] : []), ...(tenants > 0 ? [leftOut] : [])];
    nodes.push({
      ...notice,
      text: nodes.length === 0 ? 'No subscription is chosen. Choose…' : `${parts.join(', ')}. Choose…`,
      icon: 'filter',
      detail: [
        ...(hidden > 0
          ? [`${hidden} of ${all.subscriptions.length} subscriptions are not shown, as you chose.`]
          : []),
        ...(tenants > 0 ? [`${leftOut}: not asked for subscriptions, as you chose.`] : []),
      ].join(' '),
      command: commands.chooseSubscriptions,
    });
  }
  const failures = all.failures.map((failure) => tenantNode(failure, above));
  if (nodes.length === 0 && failures.length === 0) {
    nodes.push({
      ...notice,
      text: 'No subscription in this account',
      icon: 'info',
      detail:
        'The account may see no Azure subscription. Ask for a role in one, sign in to another tenant, or create a free one.',
    });
  }
  return [...nodes, ...failures];
}

/** Signs in when that may help; another failure is tried again, and its menu signs in all the same. */
function tenantNode({ account, tenant, error }: TenantFailure, above: Node & { kind: 'account' }): Node {
  return {
    kind: 'failure',
    branch: 'tenant',
    above,
    ...(tenant ? { name: tenant.name } : {}),
    message: error.message,
    signIn: { account, ...(tenant ? { tenantId: tenant.id } : {}) },
    ...signInOf(error),
  };
}

/** For a failure that a sign-in mends: what a click does. */
export function signInOf(error: unknown): { readonly command?: string; readonly signIn?: MissingSession } {
  if (!isIotError(error) || error.code !== 'signInNeeded') return {};
  const { action } = error;
  return {
    command: commands.signInToTenant,
    ...(action?.kind === 'renewSession' ? { signIn: action.session } : {}),
  };
}

export async function hubNodes(subscription: AzureSubscription, { azure, hubs }: Needs): Promise<Node[]> {
  const notice = {
    kind: 'notice',
    branch: 'subscription',
    above: { kind: 'subscription', subscription },
  } as const;
  const list = await azure.hubs(subscription);
  if (list.length === 0) {
    return [
      {
        ...notice,
        text: 'No hubs yet. Create one…',
        icon: 'add',
        detail: 'A hub of the free tier costs nothing; each subscription can have one.',
        command: commands.createHub,
      },
    ];
  }
  // Two accounts may see the same hub, and a tree has everything once.
  const key = subscriptionKey(subscription);
  const own = list.filter((hub) => {
    const listed = hubs.find(azureHubId(hub));
    return listed?.kind !== 'azure' || listed.subscriptionKey === key;
  });
  const nodes: Node[] = own.map((hub) => ({ kind: 'hub', hubId: azureHubId(hub) }));
  const others = list.length - own.length;
  if (others > 0) {
    nodes.push({
      ...notice,
      text: `${others === 1 ? 'One hub is' : `${others} hubs are`} shown under another account`,
      icon: 'info',
      detail: 'Several of your accounts see this subscription; each hub is in the tree once.',
    });
  }
  return nodes;
}
