import * as vscode from 'vscode';
import { toDisposable, type DisposableStore } from '../core/base/disposable';
import { iconLabel, labelText, messageText, singleLine } from '../core/base/singleLine';
import { questionOpened } from './focusGuard';

/** How long an answered prompt waits for the next one, in milliseconds. */
const handoverMs = 100;

let answered: vscode.QuickInput | undefined;
let handover: NodeJS.Timeout | undefined;

/** An item whose texts are shown as they are, without icons or links in them. */
export interface PromptItem extends vscode.QuickPickItem {
  /** Name of a codicon before the label. */
  readonly icon?: string;
  /** Name of a codicon before the detail. */
  readonly detailIcon?: string;
}

/** A quick pick that stays open when the focus moves, and from which no command takes the focus. Show it by `showPrompt`. */
export function createQuickPick<T extends PromptItem>(store: DisposableStore): vscode.QuickPick<T> {
  // eslint-disable-next-line no-restricted-syntax -- the only place that creates one
  return adopt(vscode.window.createQuickPick<T>(), store);
}

/** The same for an input box. A password in it is removed before it closes. */
export function createInputBox(store: DisposableStore): vscode.InputBox {
  // eslint-disable-next-line no-restricted-syntax -- the only place that creates one
  const input = vscode.window.createInputBox();
  return adopt(input, store, () => {
    if (input.password) input.value = '';
  });
}

/**
 * Shows a prompt in the place of the one that was just answered. Between them VS Code would return the focus to the
 * editor, and a page there may get it only after the second prompt did: the user's keys would go to the page.
 */
export function showPrompt(prompt: vscode.QuickInput): void {
  prompt.show();
  closeAnswered();
}

/** @param beforeClose called while the prompt is still there */
function adopt<T extends vscode.QuickInput>(
  raw: T,
  store: DisposableStore,
  beforeClose: () => void = () => undefined,
): T {
  const prompt = withSafeTexts(raw);
  const onAnswered = questionOpened();
  let isHidden = false;
  // VS Code may return the focus to a page after the previous prompt was closed, which would end the command.
  prompt.ignoreFocusOut = true;
  store.add(prompt.onDidHide(() => (isHidden = true)));
  store.add(
    toDisposable(() => {
      onAnswered();
      beforeClose();
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

type TextOf = Readonly<Record<string, ((text: string) => string) | undefined>>;
const safeTexts: TextOf = {
  title: singleLine,
  placeholder: singleLine,
  prompt: messageText,
  validationMessage: messageText,
};

/**
 * Names and error messages from outside may contain `$(icon)` and `[link](command:…)`, which VS Code would draw. Whatever
 * is assigned to the prompt is made safe; its items may be assigned and compared as they are.
 */
function withSafeTexts<T extends vscode.QuickInput>(prompt: T): T {
  /** The items as VS Code has them, by those that were assigned. */
  const shown = new WeakMap<object, PromptItem>();
  const asShown = (item: PromptItem): PromptItem => shown.get(item) ?? item;
  return new Proxy(prompt, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
    set: (target, name, value: unknown) => {
      const safe = safeTexts[String(name)];
      if (name === 'items') {
        const items = value as readonly PromptItem[];
        for (const item of items) shown.set(item, safeItem(item));
        return Reflect.set(target, name, items.map(asShown));
      }
      if (name === 'selectedItems' || name === 'activeItems')
        return Reflect.set(target, name, (value as readonly PromptItem[]).map(asShown));
      if (safe && typeof value === 'string') return Reflect.set(target, name, safe(value));
      if (safe && typeof value === 'object' && value !== null && 'message' in value)
        return Reflect.set(target, name, { ...value, message: safe(String(value.message)) });
      return Reflect.set(target, name, value);
    },
  });
}

function safeItem<T extends PromptItem>(item: T): T {
  const { icon, detailIcon, label, description, detail } = item;
  return {
    ...item,
    label: icon === undefined ? labelText(label) : iconLabel(icon, label),
    ...(description === undefined ? {} : { description: labelText(description) }),
    ...(detail === undefined
      ? {}
      : { detail: detailIcon === undefined ? labelText(detail) : iconLabel(detailIcon, detail) }),
  };
}
