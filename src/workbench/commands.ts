import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { commands, type CommandArgs, type CommandId } from '../contributions';
import { isAbort } from '../core/base/abort';
import { type Logger } from '../core/base/logger';
import { maskSecrets } from '../core/base/maskSecrets';
import { isIotError } from '../core/errors';
import { failureButton, type CommandButton } from './failureActions';
import { showError } from './notifications';

/**
 * Registers a command, and handles its failures in one place: a cancellation is silent, an `IotError` shows its
 * sentence with its action, anything else refers to the log. No command shows its own errors.
 */
export type RegisterCommand = <K extends CommandId>(
  id: K,
  run: (...args: CommandArgs[K]) => Promise<void> | void,
) => vscode.Disposable;

export function commandRegistrar(log: Logger): RegisterCommand {
  return (id, run) =>
    // eslint-disable-next-line no-restricted-syntax -- this is the place
    vscode.commands.registerCommand(id, async (...args: Parameters<typeof run>) => {
      try {
        await run(...args);
      } catch (error) {
        await showFailure(error, id, log);
      }
    });
}

/** A button before those of the failure itself; the caller of `showFailure` handles failures of `run`. */
export interface Retry {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** Also for failures that happen outside a command, such as a reader that stops. */
export async function showFailure(error: unknown, what: string, log: Logger, retry?: Retry): Promise<void> {
  if (isAbort(error)) return;
  log.error(`${what} failed.`, error);
  const showLog = l10n.t('Show Log');
  if (!isIotError(error)) {
    const answer = await showError(
      l10n.t('The operation failed. See the log for details.'),
      ...(retry ? [retry.title] : []),
      showLog,
    );
    if (retry && answer === retry.title) await retry.run();
    if (answer === showLog) await executeCommand(commands.showLog);
    return;
  }
  const action = error.action && failureButton(error.action);
  const answer = await showError(
    maskSecrets(error.message),
    ...(retry ? [retry.title] : []),
    ...(action ? [action.title] : []),
    showLog,
  );
  if (answer === showLog) await executeCommand(commands.showLog);
  else if (retry && answer === retry.title) await retry.run();
  else if (action && answer === action.title) await runButton(action);
}

export async function runButton({ command, args }: CommandButton): Promise<void> {
  await vscode.commands.executeCommand(command, ...args);
}

export function executeCommand<K extends CommandId>(id: K, ...args: CommandArgs[K]): Thenable<void> {
  return vscode.commands.executeCommand<void>(id, ...args);
}
