import { readFile, stat, writeFile } from 'node:fs/promises';
import type * as vscode from 'vscode';
import { changeSetting, fake } from './fake';
import { strict } from './strict';
import { Disposable, FileSystemError, FileType, Uri } from './values';

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

const workspaceFolders = () =>
  fake.folder === undefined ? undefined : [{ uri: Uri.file(fake.folder), name: 'workspace', index: 0 }];

function asFileSystemError(error: NodeJS.ErrnoException): never {
  const code = { ENOENT: 'FileNotFound', EACCES: 'NoPermissions' }[String(error.code)] ?? 'Unknown';
  throw new FileSystemError(error.message, code);
}

export const workspace = strict('workspace', {
  get workspaceFolders() {
    return workspaceFolders();
  },
  getWorkspaceFolder: (uri: vscode.Uri) =>
    workspaceFolders()?.find((folder) => uri.path.startsWith(`${folder.uri.path}/`)),
  get isTrusted() {
    return fake.isTrusted;
  },
  textDocuments: [],
  fs: strict<Partial<vscode.FileSystem>>('workspace.fs', {
    stat: async ({ fsPath }: vscode.Uri) => {
      const stats = await stat(fsPath).catch(asFileSystemError);
      const type = stats.isDirectory() ? FileType.Directory : FileType.File;
      return { type, size: stats.size, mtime: stats.mtimeMs, ctime: stats.ctimeMs };
    },
    readFile: async ({ fsPath }: vscode.Uri) =>
      new Uint8Array(await readFile(fsPath).catch(asFileSystemError)),
    writeFile: async ({ fsPath }: vscode.Uri, content: Uint8Array) => writeFile(fsPath, content),
  }) as vscode.FileSystem,
  getConfiguration,
  onDidChangeConfiguration: fake.configurationChanged.event,
  onDidCloseTextDocument: () => new Disposable(() => undefined),
  registerTextDocumentContentProvider: (scheme, provider) => {
    fake.contentProviders.set(scheme, provider);
    return new Disposable(() => fake.contentProviders.delete(scheme));
  },
} satisfies Partial<typeof vscode.workspace>);
