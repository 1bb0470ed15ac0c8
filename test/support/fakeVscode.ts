// The module `vscode` for tests that run without VS Code; test/support/setup.ts installs it.
import type * as vscode from 'vscode';
import { fake } from './vscode/fake';
import { strict } from './vscode/strict';
import * as values from './vscode/values';
import { window } from './vscode/window';
import { workspace } from './vscode/workspace';

export { changeSetting, fake, fireConfigurationChange, type ShownMessage } from './vscode/fake';
export { type FakeQuickPick } from './vscode/questions';
export { memento, secretStorage } from './vscode/storage';
export { FakeWebviewPanel, webviewResources } from './vscode/webviews';

const commands = strict('commands', {
  registerCommand: (id, run: (...args: readonly unknown[]) => unknown) => {
    if (fake.registeredCommands.has(id)) throw new Error(`command '${id}' already exists`);
    fake.registeredCommands.set(id, run);
    return new values.Disposable(() => fake.registeredCommands.delete(id));
  },
  // Most tests only check which commands were executed, and register none.
  executeCommand: async <T>(id: string, ...args: unknown[]) => {
    fake.executed.push([id, ...args]);
    return (await fake.registeredCommands.get(id)?.(...args)) as T;
  },
} satisfies Partial<typeof vscode.commands>);

const env = strict('env', {
  clipboard: {
    readText: async () => fake.clipboard,
    writeText: async (text) => void (fake.clipboard = text),
  },
  get language() {
    return fake.language;
  },
  openExternal: async (target) => {
    fake.openedExternally.push(target.toString());
    return true;
  },
  uiKind: values.UIKind.Desktop,
} satisfies Partial<typeof vscode.env>);

/** Replaces `{0}` and `{name}` with arguments. */
function t(message: string | { message: string; args?: unknown }, ...rest: readonly unknown[]): string {
  const text = typeof message === 'string' ? message : message.message;
  const given = typeof message === 'string' ? rest : [message.args];
  const [first] = given;
  const args = (given.length === 1 && typeof first === 'object' ? (first ?? {}) : given) as Record<
    string,
    string | number | boolean
  >;
  return fake.translate(text).replace(/\{(\w+)\}/g, (whole, name: string) => `${args[name] ?? whole}`);
}

const languages = strict('languages', {
  registerCodeLensProvider: () => new values.Disposable(() => undefined),
} satisfies Partial<typeof vscode.languages>);

const l10n = strict('l10n', {
  t,
  get bundle() {
    return fake.translations;
  },
  uri: undefined,
} satisfies Partial<typeof vscode.l10n>);

const authentication = strict('authentication', {
  getSession: (async (...args: unknown[]) =>
    fake.getSession(...args)) as typeof vscode.authentication.getSession,
  // Not in the types, which are those of the oldest supported VS Code.
  getAccounts: async (...args: unknown[]) => fake.getAccounts(...args),
  onDidChangeSessions: fake.sessionsChanged.event,
} satisfies Partial<typeof vscode.authentication> & { getAccounts: unknown });

/** The parts of `vscode` that tests need, typed against the real one. Access to a missing part throws with its name. */
export const vscodeModule = strict('vscode', {
  ...values,
  get version() {
    return fake.version;
  },
  authentication,
  commands,
  env,
  l10n,
  languages,
  window,
  workspace,
} satisfies { readonly [K in keyof typeof vscode]?: Partial<(typeof vscode)[K]> });
