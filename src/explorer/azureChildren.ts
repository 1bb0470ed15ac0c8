import * as l10n from '@vscode/l10n';
import { delay } from '../core/base/abort';
import { type AzureAccount } from '../core/azure/accounts';
import { azureHubId, subscriptionKey } from '../core/azure/azureDirectory';
import { type TenantFailure } from '../core/azure/subscriptionList';
import { readCloud } from '../core/azure/cloud';
import { type AzureSubscription } from '../core/azure/resources';
import { isIotError, plainMessage } from '../core/errors';
import { commands } from '../contributions';
import { type Services } from '../services';
import { type MissingSession, type Node } from './nodes';

type Needs = Pick<Services, 'hubs' | 'azure' | 'accounts'>;

/** VS Code activates its sign-in first; the local hubs do not wait for that. */
const accountsWaitMs = 150;

/**
 * The accounts at the top of the tree, or how to get one there.
 * @param onLate when the answer has arrived late, or has failed
 */
export async function accountNodes({ azure, accounts }: Needs, onLate: () => void): Promise<Node[]> {
  const notice = { kind: 'notice', branch: 'azure' } as const;
  try {
    const reading = azure.accounts();
    const list = await Promise.race([reading, delay(accountsWaitMs)]);
    if (!list) {
      reading.then(onLate, onLate);
      return [{ ...notice, text: l10n.t('Loading your accounts…'), icon: 'loading~spin' }];
    }
    const { name } = accounts.cloud();
    const cloud = name === publicCloudName ? {} : { cloud: name };
    if (list.length > 0) return list.map((account) => ({ kind: 'account', account, ...cloud }));
    return [
      {
        ...notice,
        text: name === publicCloudName ? l10n.t('Sign In to Azure…') : l10n.t('Sign In to {0}…', name),
        icon: 'account',
        detail: l10n.t(
          'Lists the hubs of your subscriptions, creates hubs, and cleans up, with an account of VS Code. Not required for the local hub and for connection strings.',
        ),
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
    nodes.push({
      ...notice,
      text: nodes.length === 0 ? l10n.t('No subscriptions selected. Select…') : hiddenText(hidden, tenants),
      icon: 'filter',
      detail: [
        ...(hidden > 0
          ? [l10n.t('{0} of {1} subscriptions are hidden.', hidden, all.subscriptions.length)]
          : []),
        ...(tenants === 1 ? [l10n.t('1 tenant is hidden. Its subscriptions are not read.')] : []),
        ...(tenants > 1
          ? [l10n.t('{0} tenants are hidden. Their subscriptions are not read.', tenants)]
          : []),
      ].join(' '),
      command: commands.chooseSubscriptions,
    });
  }
  const failures = all.failures.map((failure) => tenantNode(failure, above));
  if (nodes.length === 0 && failures.length === 0) {
    nodes.push({
      ...notice,
      text: l10n.t('No subscriptions in this account'),
      icon: 'info',
      detail: l10n.t(
        'The account cannot access any Azure subscription. Request a role in one, sign in to another tenant, or create a free subscription.',
      ),
    });
  }
  return [...nodes, ...failures];
}

/** Signs in when that can help; another failure is retried, and its menu offers to sign in nevertheless. */
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
function hiddenText(subscriptions: number, tenants: number): string {
  if (tenants === 0)
    return subscriptions === 1
      ? l10n.t('1 subscription hidden. Select…')
      : l10n.t('{0} subscriptions hidden. Select…', subscriptions);
  if (subscriptions === 0)
    return tenants === 1
      ? l10n.t('1 tenant hidden. Select…')
      : l10n.t('{0} tenants hidden. Select…', tenants);
  if (subscriptions === 1)
    return tenants === 1
      ? l10n.t('1 subscription and 1 tenant hidden. Select…')
      : l10n.t('1 subscription and {0} tenants hidden. Select…', tenants);
  return tenants === 1
    ? l10n.t('{0} subscriptions and 1 tenant hidden. Select…', subscriptions)
    : l10n.t('{0} subscriptions and {1} tenants hidden. Select…', subscriptions, tenants);
}
/** For a failure that signing in resolves: what a click does. */
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
        text: l10n.t('No hubs yet. Create one…'),
        icon: 'add',
        detail: l10n.t('A hub of the free tier is free of charge; each subscription can have one.'),
        command: commands.createHub,
      },
    ];
  }
  // Two accounts may see the same hub, and a tree cannot contain an item twice.
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
      text:
        others === 1
          ? l10n.t('1 hub is shown under another account')
          : l10n.t('{0} hubs are shown under another account', others),
      icon: 'info',
      detail: l10n.t('Several of your accounts can access this subscription; each hub is listed once.'),
    });
  }
  return nodes;
}
