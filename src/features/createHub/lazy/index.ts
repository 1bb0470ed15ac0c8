import type * as vscode from 'vscode';
import { type Creating, type CreateHubNeeds } from '../needs';
import { HubCreation } from './createHub';
import { deleteHub } from './deleteHub';

export function openCreating(
  services: CreateHubNeeds,
  context: Pick<vscode.ExtensionContext, 'globalState'>,
): Creating {
  const creation = new HubCreation(services, context.globalState);
  return {
    createHub: (node) => creation.start(node),
    deleteHub: (node) => deleteHub(services, node),
  };
}
