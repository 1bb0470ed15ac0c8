import * as vscode from 'vscode';
import { toDisposable, type DisposableStore } from '../core/base/disposable';
import { questionOpened } from './focusGuard';

/** A quick pick that stays open when the focus moves, and from which no command takes the focus. */
export function createQuickPick<T extends vscode.QuickPickItem>(store: DisposableStore): vscode.QuickPick<T> {
  store.add(toDisposable(questionOpened()));
  const pick = store.add(vscode.window.createQuickPick<T>());
  // VS Code may return the focus to a page after the previous prompt was closed, which would end the command.
  pick.ignoreFocusOut = true;
  return pick;
}
