import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { abortError, isAbort } from '../core/base/abort';
import { DisposableStore } from '../core/base/disposable';
import { LiveCheck } from '../core/base/liveCheck';
import { createInputBox, createQuickPick, showPrompt, type PromptItem } from './quickInputs';
import { back, type Back } from './backButton';
import { showWarning } from './notifications';

export { back, type Back };

interface StepOptions {
  readonly title: string;
  readonly step?: number;
  readonly totalSteps?: number;
  readonly canGoBack?: boolean;
}

export interface TextOptions extends StepOptions {
  readonly prompt?: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly isSecret?: boolean;
  /** Shown at once, until the text is changed: why the last attempt failed. */
  readonly problem?: string;
  /** Why the text is not valid; called on every key. */
  readonly validate?: (text: string) => string | undefined;
  /** Information about a valid text. */
  readonly hint?: (text: string) => { readonly text: string; readonly isWarning: boolean };
  /** A toggle button; the prompt shows its state. */
  readonly tick?: Tick;
  /** Checks a valid text with a service after a short pause; Enter waits for it. Rejects only when it is canceled. */
  readonly check?: (text: string, signal: AbortSignal) => Promise<Verdict>;
}

export interface Verdict {
  readonly text: string;
  /** `unsure` is accepted. */
  readonly kind: 'fine' | 'unsure' | 'refused';
}

export interface Tick {
  readonly isOn: boolean;
  readonly on: string;
  readonly off: string;
  readonly turnOn: string;
  readonly turnOff: string;
  readonly onDidChange: (isOn: boolean) => void;
}

/** Asks for a line of text. Escape cancels the command silently. */
export async function askText(options: TextOptions): Promise<string | Back> {
  const store = new DisposableStore();
  const input = createInputBox(store);
  input.title = options.title;
  input.step = options.step;
  input.totalSteps = options.totalSteps;
  input.prompt = options.prompt;
  input.placeholder = options.placeholder;
  input.value = options.value ?? '';
  input.password = options.isSecret ?? false;
  input.validationMessage = options.problem;
  const drawTick = tickDrawer(input, options);
  drawTick();
  const check = options.check && store.add(liveCheckOf(input, options.check));
  const isFit = (text: string) => text !== '' && options.validate?.(text) === undefined;
  // An initial value may no longer be valid.
  if (options.problem === undefined && isFit(input.value)) check?.typed(input.value);
  try {
    return await new Promise<string | Back>((resolve, reject) => {
      store.add(
        input.onDidChangeValue((text) => {
          if (check) input.busy = false;
          const problem = text === '' ? undefined : options.validate?.(text);
          const hint = text === '' ? undefined : options.hint?.(text);
          input.validationMessage =
            problem ??
            (hint && {
              message: hint.text,
              severity: hint.isWarning
                ? vscode.InputBoxValidationSeverity.Warning
                : vscode.InputBoxValidationSeverity.Info,
            });
          check?.typed(isFit(text) ? text : undefined);
        }),
      );
      store.add(
        input.onDidAccept(() => {
          const text = input.value;
          const problem = options.validate?.(text);
          if (problem) input.validationMessage = problem;
          else if (!check) resolve(text);
          else {
            check.answerTo(text).then(({ kind }) => {
              if (kind !== 'refused') resolve(text);
            }, unlessCanceled(reject));
          }
        }),
      );
      store.add(
        input.onDidTriggerButton((button) => {
          if (button === vscode.QuickInputButtons.Back) resolve(back);
          else drawTick(true);
        }),
      );
      store.add(input.onDidHide(() => reject(abortError())));
      showPrompt(input);
    });
  } finally {
    store.dispose();
  }
}

function liveCheckOf(input: vscode.InputBox, ask: NonNullable<TextOptions['check']>): LiveCheck<Verdict> {
  const { Error, Warning, Info } = vscode.InputBoxValidationSeverity;
  const severity = { fine: Info, unsure: Warning, refused: Error } as const;
  return new LiveCheck(ask, (verdict) => {
    input.busy = verdict === undefined;
    input.validationMessage = verdict && { message: verdict.text, severity: severity[verdict.kind] };
  });
}

/** Draws the buttons of an input box; called with `true` it switches the toggle first. */
function tickDrawer(input: vscode.InputBox, { canGoBack, tick }: TextOptions): (turn?: boolean) => void {
  let isOn = tick?.isOn ?? false;
  return (turn = false) => {
    if (turn && tick) {
      tick.onDidChange((isOn = !isOn));
      // Otherwise it would hide the prompt.
      input.validationMessage = undefined;
    }
    if (tick) input.prompt = isOn ? tick.on : tick.off;
    input.buttons = [
      ...(canGoBack ? [vscode.QuickInputButtons.Back] : []),
      ...(tick
        ? [
            {
              iconPath: new vscode.ThemeIcon(isOn ? 'pass-filled' : 'circle-large-outline'),
              tooltip: isOn ? tick.turnOff : tick.turnOn,
            },
          ]
        : []),
    ];
  };
}

export interface Choice<T> {
  /** Name of a codicon before the label. */
  readonly icon?: string;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** Heading of this choice and of those after it with the same group. */
  readonly group?: string;
  readonly value: T;
  /** What selecting it does instead of being the answer: explains why it is not available, opens a page. */
  readonly instead?: () => void;
}

export interface PickOptions<T> extends StepOptions {
  readonly placeholder: string;
  /** The list opens at once and shows progress while they are loaded. */
  readonly choices: readonly Choice<T>[] | ((signal: AbortSignal) => Promise<readonly Choice<T>[]>);
  /** Value of the previous choice. */
  readonly current?: T;
}

type PickItem<T> = PromptItem & { readonly choice?: Choice<T> };

/** Asks for one of several choices. Escape cancels the command silently. */
export async function pickOne<T>(options: PickOptions<T>): Promise<T | Back> {
  const store = new DisposableStore();
  const pick = createQuickPick<PickItem<T>>(store);
  pick.title = options.title;
  pick.step = options.step;
  pick.totalSteps = options.totalSteps;
  pick.placeholder = options.placeholder;
  pick.matchOnDescription = true;
  if (options.canGoBack) pick.buttons = [vscode.QuickInputButtons.Back];
  const { choices, current } = options;
  const controller = new AbortController();
  const show = (list: readonly Choice<T>[]) => {
    pick.items = itemsOf(list);
    const active = pick.items.find(({ choice }) => choice && choice.value === current);
    if (current !== undefined && active) pick.activeItems = [active];
  };
  try {
    return await new Promise<T | Back>((resolve, reject) => {
      store.add(
        pick.onDidAccept(() => {
          const chosen = pick.selectedItems[0]?.choice;
          if (chosen?.instead) chosen.instead();
          else if (chosen) resolve(chosen.value);
        }),
      );
      store.add(pick.onDidTriggerButton(() => resolve(back)));
      store.add(pick.onDidHide(() => reject(abortError())));
      // VS Code draws what is set until here at once. Later items would follow in a message of their own, and Enter
      // would select nothing until they arrive.
      if (typeof choices !== 'function') {
        show(choices);
        return showPrompt(pick);
      }
      pick.busy = true;
      pick.placeholder = l10n.t('Loading…');
      showPrompt(pick);
      choices(controller.signal).then((list) => {
        pick.busy = false;
        pick.placeholder = options.placeholder;
        show(list);
      }, reject);
    });
  } finally {
    controller.abort(abortError());
    store.dispose();
  }
}

function itemsOf<T>(choices: readonly Choice<T>[]): PickItem<T>[] {
  return choices.flatMap((choice, at): PickItem<T>[] => {
    const { icon, label, description, detail, group } = choice;
    const item = { icon, label, description, detail, choice };
    if (group === undefined || group === choices[at - 1]?.group) return [item];
    return [{ label: group, kind: vscode.QuickPickItemKind.Separator }, item];
  });
}

/** For prompts without a Back button. */
export function noBack<T>(answer: T | Back): T {
  if (answer === back) throw abortError();
  return answer;
}

function unlessCanceled(then: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    if (!isAbort(error)) then(error);
  };
}

/** Asks for confirmation before a loss. @throws the silent abort when the user declines. */
export async function confirm(question: string, detail: string, yes: string): Promise<void> {
  const answer = await showWarning(question, { modal: true, detail }, yes);
  if (answer !== yes) throw abortError();
}
