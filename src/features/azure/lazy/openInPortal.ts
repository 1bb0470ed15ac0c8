import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { portalUrl } from '../../../core/azure/portal';
import { IotError } from '../../../core/errors';
import { azureScopeOf, type Node } from '../../../explorer/nodes';
import { type AzureNeeds } from '../needs';
import { pickAzureHub } from './pickAzure';

/** Opens the page of a hub or a subscription in the portal of its cloud. */
export async function openInPortal(services: AzureNeeds, node?: Node): Promise<void> {
  const { portal, name } = services.accounts.cloud();
  if (!portal) throw new IotError('unsupported', l10n.t('{0} has no portal configured in VS Code.', name));
  const { subscription } = azureScopeOf(node);
  const resource = subscription
    ? { tenantId: subscription.tenantId, id: `/subscriptions/${subscription.id}` }
    : await hubResource(services, node);
  await vscode.env.openExternal(vscode.Uri.parse(portalUrl(portal, resource), true));
}

async function hubResource(services: AzureNeeds, node?: Node) {
  const title = l10n.t('Open in Azure Portal');
  const { hub, subscription } = await pickAzureHub(services, node, title, 'openInPortal');
  return { tenantId: subscription.tenantId, id: hub.id };
}
