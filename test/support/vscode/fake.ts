// State of the fake that tests inspect and control.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';
import { type FakeOutputChannel } from './channels';
import { type FakeQuickPick } from './questions';
import { type FakeStatusBarItem } from './statusBar';
import { type FakeWebviewPanel } from './webviews';
import { EventEmitter } from './values';

/** A message and its buttons. */
export interface ShownMessage {
  readonly severity: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly detail: string | undefined;
  readonly isModal: boolean;
  readonly buttons: readonly string[];
}

/** A shown progress notification, with everything it reported. */
export interface ShownProgress {
  readonly options: vscode.ProgressOptions;
  readonly reports: string[];
  /** Cancels it, as the user would. */
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
    throw new Error(`The test does not define what vscode.authentication.${name} returns.`);
  };
};

const initialState = () => ({
  version: '1.106.0',
  /** Messages, oldest first. */
  shown: [] as ShownMessage[],
  /** The button to select in messages with buttons. */
  button: undefined as string | undefined,
  /** Label of the item to select in each quick pick, and text for each input box, in order. */
  answers: [] as string[],
  /** Titles of the quick picks and input boxes, and validation messages of input boxes. */
  asked: [] as string[],
  problems: [] as string[],
  /** Handles quick picks instead of `answers`, including accepting them. */
  onQuickPick: undefined as ((pick: FakeQuickPick<vscode.QuickPickItem>) => void) | undefined,
  /** Path that the save and open dialogs return; without one they are canceled. */
  saveAs: undefined as string | undefined,
  openFile: undefined as string | undefined,
  /** The folder of the workspace, and whether the user trusts it. */
  folder: undefined as string | undefined,
  isTrusted: true,
  /** Executed commands, with their arguments. */
  executed: [] as unknown[][],
  registeredCommands: new Map<string, (...args: readonly unknown[]) => unknown>(),
  channels: new Map<string, FakeOutputChannel>(),
  statusBarItems: [] as FakeStatusBarItem[],
  /** Temporary texts in the status bar. */
  statusBarMessages: [] as string[],
  progress: [] as ShownProgress[],
  webviewPanels: [] as FakeWebviewPanel[],
  /** Restore panels after the window reloads, by type. */
  serializers: new Map<string, vscode.WebviewPanelSerializer>(),
  /** Texts of the documents shown, by URI. */
  documents: new Map<string, string>(),
  /** Provide the texts of documents, by scheme. */
  contentProviders: new Map<string, vscode.TextDocumentContentProvider>(),
  clipboard: '',
  openedExternally: [] as string[],
  /** By full name; settings of the extension have their defaults. */
  settings: new Map<string, unknown>(defaults),
  /** The display language. */
  language: 'en',
  /** Translations to the display language, by the English text. */
  translations: undefined as Readonly<Record<string, string>> | undefined,
  /** Changes every text of the user interface, as a translation does. */
  translate: (text: string) => text,
  getSession: notSet('getSession'),
  getAccounts: notSet('getAccounts'),
});

type State = ReturnType<typeof initialState>;

class Fake {
  readonly configurationChanged = new EventEmitter<vscode.ConfigurationChangeEvent>();
  readonly nodeExpanded = new EventEmitter<vscode.TreeViewExpansionEvent<unknown>>();
  readonly nodeCollapsed = new EventEmitter<vscode.TreeViewExpansionEvent<unknown>>();
  readonly sessionsChanged = new EventEmitter<vscode.AuthenticationSessionsChangeEvent>();

  /** Texts of the messages. */
  get messages(): readonly string[] {
    return fake.shown.map(({ text }) => text);
  }

  /** Resets everything except listeners. */
  reset(): void {
    Object.assign(this, initialState());
  }
}

/** The fake window that tests run in. */
export const fake: Fake & State = Object.assign(new Fake(), initialState());

/** Changes a setting, as the settings editor does. */
export function changeSetting(name: string, value: unknown): void {
  fake.settings.set(name, value);
  fireConfigurationChange(name);
}

/** Reports a changed setting. */
export function fireConfigurationChange(name: string): void {
  fake.configurationChanged.fire({
    affectsConfiguration: (section) => name === section || name.startsWith(`${section}.`),
  });
}
