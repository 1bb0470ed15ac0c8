// What tests see of the fake, and what they decide.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';
import { type FakeOutputChannel } from './channels';
import { type FakeQuickPick } from './questions';
import { type FakeStatusBarItem } from './statusBar';
import { type FakeWebviewPanel } from './webviews';
import { EventEmitter } from './values';

/** A message, with the buttons that it offers. */
export interface ShownMessage {
  readonly severity: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly detail: string | undefined;
  readonly isModal: boolean;
  readonly buttons: readonly string[];
}

/** Progress that was shown, with all that it reported. */
export interface ShownProgress {
  readonly options: vscode.ProgressOptions;
  readonly reports: string[];
  /** As the person who cancels it. */
  cancel(): void;
}

type Authentication = (...args: readonly unknown[]) => unknown;

const manifest = JSON.parse(readFileSync(path.resolve(__dirname, '../../../package.json'), 'utf8')) as {
  contributes: { configuration: { properties: Record<string, { default: unknown }> }[] };
};
const defaults = manifest.contributes.configuration.flatMap(({ properties }) =>
  Object.entries(properties).map(([name, value]) => [name, value.default] as const),
);

const notSet = (name: string): Authentication => {
  return () => {
    throw new Error(`The test does not say what vscode.authentication.${name} returns.`);
  };
};

const initialState = () => ({
  version: '1.106.0',
  /** Messages, oldest first. */
  shown: [] as ShownMessage[],
  /** Of messages with buttons: which one is taken. */
  button: undefined as string | undefined,
  /** Label of the item that each quick pick takes, and the text of each input box, in order. */
  answers: [] as string[],
  /** Titles of the quick picks and input boxes, and why input boxes refused an answer. */
  asked: [] as string[],
  problems: [] as string[],
  /** Answers quick picks in place of `answers`: accepting it is up to this. */
  onQuickPick: undefined as ((pick: FakeQuickPick<vscode.QuickPickItem>) => void) | undefined,
  /** Path that the save dialog and the open dialog return; canceled without one. */
  saveAs: undefined as string | undefined,
  openFile: undefined as string | undefined,
  /** Commands that were run, with their arguments. */
  executed: [] as unknown[][],
  registeredCommands: new Map<string, (...args: readonly unknown[]) => unknown>(),
  channels: new Map<string, FakeOutputChannel>(),
  statusBarItems: [] as FakeStatusBarItem[],
  /** Texts that were in the status bar for a moment. */
  statusBarMessages: [] as string[],
  progress: [] as ShownProgress[],
  webviewPanels: [] as FakeWebviewPanel[],
  /** What brings panels back after the window was loaded again, by type. */
  serializers: new Map<string, vscode.WebviewPanelSerializer>(),
  /** Texts of the documents that were shown, by URI. */
  documents: new Map<string, string>(),
  clipboard: '',
  openedExternally: [] as string[],
  /** By full name; those of the extension have their defaults. */
  settings: new Map<string, unknown>(defaults),
  /** The display language. */
  language: 'en',
  /** The translations of the display language, by the English text. */
  translations: undefined as Readonly<Record<string, string>> | undefined,
  /** Changes every text of the user interface, as a translation does. */
  translate: (text: string) => text,
  getSession: notSet('getSession'),
  getAccounts: notSet('getAccounts'),
});

type State = ReturnType<typeof initialState>;

class Fake {
  readonly configurationChanged = new EventEmitter<vscode.ConfigurationChangeEvent>();
  readonly sessionsChanged = new EventEmitter<vscode.AuthenticationSessionsChangeEvent>();

  /** Texts of the messages. */
  get messages(): readonly string[] {
    return fake.shown.map(({ text }) => text);
  }

  /** Back to a window in which nothing was done; who listens goes on listening. */
  reset(): void {
    Object.assign(this, initialState());
  }
}

/** The window of VS Code that tests run in. */
export const fake: Fake & State = Object.assign(new Fake(), initialState());

/** Changes a setting as the settings editor does. */
export function changeSetting(name: string, value: unknown): void {
  fake.settings.set(name, value);
  fireConfigurationChange(name);
}

/** Reports the change of a setting. */
export function fireConfigurationChange(name: string): void {
  fake.configurationChanged.fire({
    affectsConfiguration: (section) => name === section || name.startsWith(`${section}.`),
  });
}
