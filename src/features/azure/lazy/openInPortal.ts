import * as vscode from 'vscode';
import { portalUrl } from '../../../core/azure/portal';
import { IotError } from '../../../core/errors';
import { azureScopeOf, type Node } from '../../../explorer/nodes';
import { type AzureNeeds } from '../needs';
import { pickAzureHub } from './pickAzure';

/** The page of a hub or a subscription in the portal of its cloud. */
export async function openInPortal(services: AzureNeeds, node?: Node): Promise<void> {
  const { portal, name } = services.accounts.cloud();
  if (!portal) throw new IotError('unsupported', `${name} has no portal that VS Code knows of.`);
  const { subscription } = azureScopeOf(node);
  const place = subscription
    ? { tenantId: subscription.tenantId, id: `/subscriptions/${subscription.id}` }
    : await hubPlace(services, node);
  await vscode.env.openExternal(vscode.Uri.parse(portalUrl(portal, place), true));
}

async function hubPlace(services: AzureNeeds, node?: Node) {
  const { hub, subscription } = await pickAzureHub(services, node, 'Open in Azure Portal', 'openInPortal');
  return { tenantId: subscription.tenantId, id: hub.id };
}
