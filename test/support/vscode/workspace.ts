import type * as vscode from 'vscode';
import { changeSetting, fake } from './fake';
import { strict } from './strict';
import { Disposable } from './values';

function getConfiguration(section?: string): vscode.WorkspaceConfiguration {
  const fullName = (name: string) => (section ? `${section}.${name}` : name);
  function get<T>(name: string): T | undefined;
  function get<T>(name: string, defaultValue: T): T;
  function get<T>(name: string, defaultValue?: T): T | undefined {
    return (fake.settings.get(fullName(name)) as T | undefined) ?? defaultValue;
  }
  return strict<Partial<vscode.WorkspaceConfiguration>>('workspace.getConfiguration()', {
    get,
    has: (name: string) => fake.settings.has(fullName(name)),
    update: async (name: string, value: unknown) => changeSetting(fullName(name), value),
  }) as vscode.WorkspaceConfiguration;
}

export const workspace = strict('workspace', {
  workspaceFolders: undefined,
  getConfiguration,
  onDidChangeConfiguration: fake.configurationChanged.event,
  onDidCloseTextDocument: () => new Disposable(() => undefined),
  registerTextDocumentContentProvider: () => new Disposable(() => undefined),
} satisfies Partial<typeof vscode.workspace>);
