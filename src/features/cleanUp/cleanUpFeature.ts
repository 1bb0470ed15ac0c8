import { type Disposable, DisposableStore } from '../../core/base/disposable';
import { lazy } from '../../core/base/lazy';
import { commands } from '../../contributions';
import { type RegisterCommand } from '../../workbench/commands';
import { type CleanUpNeeds } from './needs';

/** Deletes resources created with the extension on this computer. Loaded on first use. */
export function registerCleanUp(services: CleanUpNeeds, registerCommand: RegisterCommand): Disposable {
  const store = new DisposableStore();
  const load = lazy(async () => {
    const { openCleanUp } = await import('./lazy/index');
    return store.add(openCleanUp(services));
  });
  store.add(registerCommand(commands.cleanUp, async (node) => (await load()).cleanUp(node)));
  return store;
}
