// Classes and constants of `vscode` that only hold data.
import type * as vscode from 'vscode';
import { URI, Utils } from 'vscode-uri';
import { strict } from './strict';

/** Microsoft's own implementation, from its npm package. */
export const Uri = strict('Uri', {
  file: (path: string): vscode.Uri => URI.file(path),
  parse: (value: string, isStrict?: boolean): vscode.Uri => URI.parse(value, isStrict),
  from: (components: Parameters<typeof vscode.Uri.from>[0]): vscode.Uri => URI.from(components),
  joinPath: (base: vscode.Uri, ...segments: string[]): vscode.Uri =>
    Utils.joinPath(URI.from(base), ...segments),
} satisfies Partial<typeof vscode.Uri>) as typeof vscode.Uri;

export class Disposable implements vscode.Disposable {
  static from(...parts: { dispose: () => unknown }[]): Disposable {
    return new Disposable(() => parts.forEach((part) => part.dispose()));
  }

  private isDisposed = false;

  constructor(private readonly callOnDispose: () => unknown) {}

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.callOnDispose();
  }
}

export class EventEmitter<T> implements vscode.EventEmitter<T> {
  private readonly listeners = new Set<(event: T) => unknown>();

  readonly event: vscode.Event<T> = (listener, thisArgs, disposables) => {
    const bound = (event: T): unknown => listener.call(thisArgs, event);
    this.listeners.add(bound);
    const disposable = new Disposable(() => this.listeners.delete(bound));
    disposables?.push(disposable);
    return disposable;
  };

  fire(data: T): void {
    for (const listener of [...this.listeners]) listener(data);
  }

  dispose(): void {
    this.listeners.clear();
  }
}

export class CancellationTokenSource implements vscode.CancellationTokenSource {
  private readonly requested = new EventEmitter<void>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.requested.event };

  cancel(): void {
    if (this.token.isCancellationRequested) return;
    this.token.isCancellationRequested = true;
    this.requested.fire();
  }

  dispose(): void {
    this.requested.dispose();
  }
}

export class ThemeColor implements vscode.ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon implements vscode.ThemeIcon {
  static readonly File = new ThemeIcon('file');
  static readonly Folder = new ThemeIcon('folder');

  constructor(
    readonly id: string,
    readonly color?: vscode.ThemeColor,
  ) {}
}

export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 } satisfies Partial<
  typeof vscode.ConfigurationTarget
>;
export const FileType = {
  Unknown: 0,
  File: 1,
  Directory: 2,
  SymbolicLink: 64,
} satisfies typeof vscode.FileType;

export class FileSystemError extends Error implements vscode.FileSystemError {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

export const InputBoxValidationSeverity = { Info: 1, Warning: 2, Error: 3 } satisfies Partial<
  typeof vscode.InputBoxValidationSeverity
>;
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 } satisfies Partial<
  typeof vscode.ProgressLocation
>;
export const QuickInputButtons = strict('QuickInputButtons', {
  Back: { iconPath: new ThemeIcon('arrow-left'), tooltip: 'Back' },
} satisfies Partial<typeof vscode.QuickInputButtons>);
export const QuickPickItemKind = { Separator: -1, Default: 0 } satisfies Partial<
  typeof vscode.QuickPickItemKind
>;
export const StatusBarAlignment = { Left: 1, Right: 2 } satisfies Partial<typeof vscode.StatusBarAlignment>;
/** A row of a tree, without the properties that the extension sets later. */
export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState: vscode.TreeItemCollapsibleState,
  ) {}
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 } satisfies Partial<
  typeof vscode.TreeItemCollapsibleState
>;
export const UIKind = { Desktop: 1, Web: 2 } satisfies Partial<typeof vscode.UIKind>;
export const ViewColumn = { Active: -1, Beside: -2, One: 1 } satisfies Partial<typeof vscode.ViewColumn>;
