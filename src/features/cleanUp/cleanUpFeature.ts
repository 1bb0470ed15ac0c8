import { type Disposable, DisposableStore } from '../../core/base/disposable';
import { lazy } from '../../core/base/lazy';
import { commands } from '../../contributions';
import { type Node } from '../../explorer/nodes';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';

export type CleanUpNeeds = Pick<
  Services,
  | 'hubs'
  | 'registries'
  | 'devices'
  | 'certificates'
  | 'hubCertificates'
  | 'authorities'
  | 'passphrases'
  | 'azure'
  | 'management'
  | 'createdResources'
  | 'log'
>;

/** What is loaded when the command is called for the first time. */
export interface CleaningUp extends Disposable {
  cleanUp(node?: Node): Promise<void>;
}

/** Deletes what was made from this VS Code: loaded on first use. */
export function registerCleanUp(services: CleanUpNeeds, registerCommand: RegisterCommand): Disposable {
  const store = new DisposableStore();
  const load = lazy(async () => {
    const { openCleanUp } = await import('./lazy/index');
    return store.add(openCleanUp(services));
  });
  store.add(registerCommand(commands.cleanUp, async (node) => (await load()).cleanUp(node)));
  return store;
}
