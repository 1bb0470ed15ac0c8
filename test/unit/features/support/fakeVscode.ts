// As much of `vscode` as monitors need, without a window: vi.mock('vscode', () => import('./support/fakeVscode')).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';

const manifest = JSON.parse(readFileSync(path.resolve(__dirname, '../../../../package.json'), 'utf8')) as {
  contributes: { configuration: { properties: Record<string, { default: unknown }> }[] };
};
const settings = new Map(
  manifest.contributes.configuration.flatMap(({ properties }) =>
    Object.entries(properties).map(([name, { default: value }]) => [name, value] as const),
  ),
);
type Listener = (event: { affectsConfiguration(section: string): boolean }) => void;
const listeners = new Set<Listener>();
const disposable = { dispose: () => undefined };

/** What tests look at and decide. */
export const fake = {
  /** Text of the output channels, by name. */
  channels: new Map<string, string>(),
  messages: [] as string[],
  /** Of messages with buttons: which one is taken. */
  button: undefined as string | undefined,
  /** Label of the item that each quick pick takes, and the text of each input box, in order. */
  answers: [] as string[],
  /** Titles of the questions, and what was said of answers that cannot be taken. */
  asked: [] as string[],
  problems: [] as string[],
  saveAs: undefined as string | undefined,
  executed: [] as unknown[][],
};

/** As the settings editor does. */
export function change(name: string, value: unknown): void {
  settings.set(name, value);
  for (const listener of [...listeners]) {
    listener({ affectsConfiguration: (section) => name === section || name.startsWith(`${section}.`) });
  }
}

export const memento = (): vscode.Memento => {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: (key: string, otherwise?: unknown) => kept.get(key) ?? otherwise,
    // What is kept is text in the end.
    update: async (key: string, value: unknown) => void kept.set(key, JSON.parse(JSON.stringify(value))),
  } as vscode.Memento;
};

export const workspace = {
  getConfiguration: (section: string) => ({ get: (name: string) => settings.get(`${section}.${name}`) }),
  onDidChangeConfiguration: (listener: Listener) => {
    listeners.add(listener);
    return { dispose: () => listeners.delete(listener) };
  },
  workspaceFolders: undefined,
};
export const commands = {
  executeCommand: async (...args: unknown[]) => void fake.executed.push(args),
};
const say = async (text: string, ...buttons: unknown[]) => {
  fake.messages.push(text);
  return buttons.includes(fake.button) ? fake.button : undefined;
};

interface Question {
  title: string;
  value: string;
  items: { label: string; choice?: unknown }[];
  selectedItems: unknown[];
  validationMessage: unknown;
}

/** A quick pick or an input box that is answered as soon as it is shown. */
function question() {
  let accept: () => void = () => undefined;
  let changed: (value: string) => void = () => undefined;
  const self: Question = { title: '', value: '', items: [], selectedItems: [], validationMessage: undefined };
  return Object.assign(self, {
    onDidAccept: (listener: () => void) => ((accept = listener), disposable),
    onDidChangeValue: (listener: (value: string) => void) => ((changed = listener), disposable),
    onDidHide: () => disposable,
    onDidTriggerButton: () => disposable,
    dispose: () => undefined,
    show: () =>
      setTimeout(() => {
        fake.asked.push(self.title);
        do {
          const answer = fake.answers.shift();
          if (answer === undefined) throw new Error(`Nobody answers ${self.title}`);
          self.selectedItems = self.items.filter(({ label }) => label.includes(answer)).slice(0, 1);
          self.value = answer;
          self.validationMessage = undefined;
          changed(answer);
          if (typeof self.validationMessage === 'string') fake.problems.push(self.validationMessage);
        } while (self.validationMessage);
        accept();
      }),
  });
}

export const window = {
  createOutputChannel: (name: string) => {
    fake.channels.set(name, '');
    return {
      append: (text: string) => void fake.channels.set(name, (fake.channels.get(name) ?? '') + text),
      replace: (text: string) => void fake.channels.set(name, text),
      show: () => undefined,
      dispose: () => undefined,
    };
  },
  createStatusBarItem: () => ({ show: () => undefined, hide: () => undefined, dispose: () => undefined }),
  createQuickPick: question,
  createInputBox: question,
  showSaveDialog: async () => (fake.saveAs === undefined ? undefined : Uri.file(fake.saveAs)),
  showInformationMessage: say,
  showWarningMessage: say,
  showErrorMessage: say,
  withProgress: async () => undefined,
};
export const Uri = { file: (fsPath: string) => ({ fsPath, toString: () => `file://${fsPath}` }) };
export class ThemeColor {}
export const StatusBarAlignment = { Left: 1 };
export const ProgressLocation = { Notification: 15 };
export const QuickInputButtons = { Back: {} };
export const QuickPickItemKind = { Separator: -1 };
export const InputBoxValidationSeverity = { Error: 3, Warning: 2, Info: 1 };
