import { type CommandArgs, type CommandId } from '../contributions';
import { DisposableStore, type Disposable } from '../core/base/disposable';
import { type RegisterCommand } from './commands';

/** A function for each of some commands: forget one, and it does not compile. */
export type CommandHandlers<K extends CommandId> = {
  readonly [Id in K]: (...args: CommandArgs[Id]) => Promise<void> | void;
};

/** Registers commands whose handlers are loaded when one of them is first called. */
export function registerLazyCommands<K extends CommandId>(
  registerCommand: RegisterCommand,
  ids: readonly K[],
  load: () => Promise<CommandHandlers<K>>,
): Disposable {
  const store = new DisposableStore();
  for (const id of ids) {
    store.add(
      registerCommand(id, async (...args) => {
        const handler: (...args: CommandArgs[typeof id]) => Promise<void> | void = (await load())[id];
        await handler(...args);
      }),
    );
  }
  return store;
}
