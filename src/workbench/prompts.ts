import * as vscode from 'vscode';
import { abortError } from '../core/base/abort';
import { DisposableStore } from '../core/base/disposable';

/** Answer of a prompt whose Back button was pressed. */
export const back = Symbol('back');
export type Back = typeof back;

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
  /** Shown at once, until the text is changed: why the last try did not work. */
  readonly problem?: string;
  /** Why the text cannot be taken; asked on every key. */
  readonly validate?: (text: string) => string | undefined;
  /** Said of what is typed so far, without refusing it. */
  readonly hint?: (text: string) => { readonly text: string; readonly isWarning: boolean };
  /** A button that is on or off; the prompt says which. */
  readonly tick?: Tick;
}

export interface Tick {
  readonly isOn: boolean;
  readonly on: string;
  readonly off: string;
  readonly turnOn: string;
  readonly turnOff: string;
  readonly onDidChange: (isOn: boolean) => void;
}

/** Asks for a line. Leaving it by Escape cancels the command, silently. */
export async function askText(options: TextOptions): Promise<string | Back> {
  const store = new DisposableStore();
  const input = store.add(vscode.window.createInputBox());
  input.title = options.title;
  input.step = options.step;
  input.totalSteps = options.totalSteps;
  input.prompt = options.prompt;
  input.placeholder = options.placeholder;
  input.value = options.value ?? '';
  input.password = options.isSecret ?? false;
  input.ignoreFocusOut = true;
  input.validationMessage = options.problem;
  const drawTick = tickDrawer(input, options);
  drawTick();
  try {
    return await new Promise<string | Back>((resolve, reject) => {
      store.add(
        input.onDidChangeValue((text) => {
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
        }),
      );
      store.add(
        input.onDidAccept(() => {
          const problem = options.validate?.(input.value);
          if (problem) input.validationMessage = problem;
          else resolve(input.value);
        }),
      );
      store.add(
        input.onDidTriggerButton((button) => {
          if (button === vscode.QuickInputButtons.Back) resolve(back);
          else drawTick(true);
        }),
      );
      store.add(input.onDidHide(() => reject(abortError())));
      input.show();
    });
  } finally {
    store.dispose();
  }
}

/** Draws the buttons of an input box; called with `true` it turns its tick first. */
function tickDrawer(input: vscode.InputBox, { canGoBack, tick }: TextOptions): (turn?: boolean) => void {
  let isOn = tick?.isOn ?? false;
  return (turn = false) => {
    if (turn && tick) {
      tick.onDidChange((isOn = !isOn));
      // Otherwise it would hide what the prompt says now.
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
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: T;
}

export interface PickOptions<T> extends StepOptions {
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
}

/** Asks for one of a few. Leaving it by Escape cancels the command, silently. */
export async function pickOne<T>(options: PickOptions<T>): Promise<T | Back> {
  const store = new DisposableStore();
  const pick = store.add(vscode.window.createQuickPick<vscode.QuickPickItem & { readonly value: T }>());
  pick.title = options.title;
  pick.step = options.step;
  pick.totalSteps = options.totalSteps;
  pick.placeholder = options.placeholder;
  pick.items = options.choices.map((choice) => ({ ...choice }));
  pick.matchOnDescription = true;
  if (options.canGoBack) pick.buttons = [vscode.QuickInputButtons.Back];
  try {
    return await new Promise<T | Back>((resolve, reject) => {
      store.add(
        pick.onDidAccept(() => {
          const chosen = pick.selectedItems[0];
          if (chosen) resolve(chosen.value);
        }),
      );
      store.add(pick.onDidTriggerButton(() => resolve(back)));
      store.add(pick.onDidHide(() => reject(abortError())));
      pick.show();
    });
  } finally {
    store.dispose();
  }
}

/** For prompts without a Back button. */
export function noBack<T>(answer: T | Back): T {
  if (answer === back) throw abortError();
  return answer;
}

/** Asks before something is lost. @throws the silent abort when the answer is no. */
export async function confirm(question: string, detail: string, yes: string): Promise<void> {
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, yes);
  if (answer !== yes) throw abortError();
}
