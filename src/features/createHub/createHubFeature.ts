import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { lazy } from '../../core/base/lazy';
import { commands } from '../../contributions';
import { type RegisterCommand } from '../../workbench/commands';
import { type CreateHubNeeds } from './needs';

/** Making and deleting hubs in Azure: loaded on first use. */
export function registerCreateHub(
  services: CreateHubNeeds,
  context: Pick<vscode.ExtensionContext, 'globalState'>,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const load = lazy(async () => {
    const { openCreating } = await import('./lazy/index');
    return openCreating(services, context);
  });
  store.add(registerCommand(commands.createHub, async (node) => (await load()).createHub(node)));
  store.add(registerCommand(commands.deleteHub, async (node) => (await load()).deleteHub(node)));
  return store;
}
