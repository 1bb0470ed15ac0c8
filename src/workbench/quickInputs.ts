import * as vscode from 'vscode';
import { toDisposable, type DisposableStore } from '../core/base/disposable';
import { questionOpened } from './focusGuard';

/** How long an answered prompt waits for the next one, in milliseconds. */
const handoverMs = 100;

let answered: vscode.QuickInput | undefined;
let handover: NodeJS.Timeout | undefined;

/** A quick pick that stays open when the focus moves, and from which no command takes the focus. Show it by `showPrompt`. */
export function createQuickPick<T extends vscode.QuickPickItem>(store: DisposableStore): vscode.QuickPick<T> {
  return adopt(vscode.window.createQuickPick<T>(), store);
}

/** The same for an input box. */
export function createInputBox(store: DisposableStore): vscode.InputBox {
  return adopt(vscode.window.createInputBox(), store);
}

/**
 * Shows a prompt in the place of the one that was just answered. Between them VS Code would return the focus to the
 * editor, and a page there may get it only after the second prompt did: the user's keys would go to the page.
 */
export function showPrompt(prompt: vscode.QuickInput): void {
  prompt.show();
  closeAnswered();
}

function adopt<T extends vscode.QuickInput>(prompt: T, store: DisposableStore): T {
  const onAnswered = questionOpened();
  let isHidden = false;
  // VS Code may return the focus to a page after the previous prompt was closed, which would end the command.
  prompt.ignoreFocusOut = true;
  store.add(prompt.onDidHide(() => (isHidden = true)));
  store.add(
    toDisposable(() => {
      onAnswered();
      if (isHidden) prompt.dispose();
      else awaitNext(prompt);
    }),
  );
  return prompt;
}

function awaitNext(prompt: vscode.QuickInput): void {
  closeAnswered();
  answered = prompt;
  handover = setTimeout(closeAnswered, handoverMs);
}

function closeAnswered(): void {
  clearTimeout(handover);
  answered?.dispose();
  answered = undefined;
}
