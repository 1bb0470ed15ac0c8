import type * as vscode from 'vscode';
import { FakeOutputChannel } from './channels';
import { fake, type ShownMessage } from './fake';
import { FakeInputBox, FakeQuickPick } from './questions';
import { FakeStatusBarItem } from './statusBar';
import { strict } from './strict';
import { CancellationTokenSource, Disposable, StatusBarAlignment, Uri } from './values';
import { FakeWebviewPanel } from './webviews';

const buttonsOf = (rest: readonly unknown[]) =>
  rest.filter((button): button is string => typeof button === 'string');

/** Records a message, and selects the button that the test requests, if any. */
const show = (severity: ShownMessage['severity']) =>
  (async (text: string, ...rest: unknown[]) => {
    const [first] = rest;
    const options: vscode.MessageOptions = typeof first === 'object' && first !== null ? first : {};
    const buttons = buttonsOf(rest);
    const { detail, modal: isModal = false } = options;
    fake.shown.push({ severity, text, detail, isModal, buttons });
    return buttons.find((button) => button === fake.button);
  }) as typeof vscode.window.showInformationMessage;

function createOutputChannel(name: string, languageId?: string): vscode.OutputChannel;
function createOutputChannel(name: string, options: { log: true }): vscode.LogOutputChannel;
function createOutputChannel(name: string, options?: string | { log: true }): vscode.OutputChannel {
  if (typeof options === 'object') throw new Error('The vscode fake has no log channels. Use a Logger.');
  return new FakeOutputChannel(name);
}

async function withProgress<R>(
  options: vscode.ProgressOptions,
  task: (
    progress: vscode.Progress<{ message?: string; increment?: number }>,
    token: vscode.CancellationToken,
  ) => Thenable<R>,
): Promise<R> {
  const source = new CancellationTokenSource();
  const reports: string[] = [];
  fake.progress.push({ options, reports, cancel: () => source.cancel() });
  return task({ report: ({ message }) => message !== undefined && reports.push(message) }, source.token);
}

const uriOf = (path: string | undefined) => (path === undefined ? undefined : Uri.file(path));

export const window = strict('window', {
  activeTextEditor: undefined,
  createInputBox: () => new FakeInputBox(),
  createOutputChannel,
  createQuickPick: <T extends vscode.QuickPickItem>() => new FakeQuickPick<T>(),
  createStatusBarItem: (
    ...args: [string, vscode.StatusBarAlignment?, number?] | [vscode.StatusBarAlignment?, number?]
  ) => {
    const id = typeof args[0] === 'string' ? args[0] : undefined;
    const [alignment = StatusBarAlignment.Left, priority] = (id === undefined ? args : args.slice(1)) as [
      vscode.StatusBarAlignment?,
      number?,
    ];
    return new FakeStatusBarItem(id, alignment, priority);
  },
  createTreeView: <T>() =>
    strict('TreeView', {
      onDidExpandElement: fake.nodeExpanded.event as vscode.TreeView<T>['onDidExpandElement'],
      onDidCollapseElement: fake.nodeCollapsed.event as vscode.TreeView<T>['onDidCollapseElement'],
      selection: [],
      reveal: async () => undefined,
      dispose: () => undefined,
    } satisfies Partial<vscode.TreeView<T>>) as unknown as vscode.TreeView<T>,
  createWebviewPanel: (viewType, title, _showOptions, options) =>
    new FakeWebviewPanel(viewType, title, options),
  registerWebviewPanelSerializer: (viewType, serializer) => {
    fake.serializers.set(viewType, serializer);
    return new Disposable(() => fake.serializers.delete(viewType));
  },
  setStatusBarMessage: (text: string) => {
    fake.statusBarMessages.push(text);
    return new Disposable(() => undefined);
  },
  showErrorMessage: show('error'),
  showInformationMessage: show('information'),
  showOpenDialog: async () => {
    const uri = uriOf(fake.openFile);
    return uri && [uri];
  },
  showSaveDialog: async () => uriOf(fake.saveAs),
  showTextDocument: (async (uri: vscode.Uri) => {
    const provider = fake.contentProviders.get(uri.scheme);
    const text = await provider?.provideTextDocumentContent(uri, undefined as never);
    fake.documents.set(uri.toString(), text ?? '');
  }) as unknown as typeof vscode.window.showTextDocument,
  showWarningMessage: show('warning'),
  withProgress,
} satisfies Partial<typeof vscode.window>);
