import * as vscode from 'vscode';

interface Wait {
  readonly about: string;
  readonly until: number;
}

/** Calls that wait because Azure asks to slow down, in the status bar until the last one goes on. */
export class AzureWaits implements vscode.Disposable {
  private readonly waits = new Set<Wait>();
  private item: vscode.StatusBarItem | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** @returns what ends the wait */
  readonly show = (about: string, seconds: number): (() => void) => {
    const wait = { about, until: Date.now() + seconds * 1000 };
    this.waits.add(wait);
    this.timer ??= setInterval(() => this.draw(), 1000);
    this.draw();
    return () => {
      this.waits.delete(wait);
      if (this.waits.size === 0) this.end();
      this.draw();
    };
  };

  dispose(): void {
    this.end();
    this.item?.dispose();
    this.item = undefined;
  }

  private draw(): void {
    if (this.waits.size === 0) return this.item?.hide();
    this.item ??= newItem();
    const left = ({ until }: Wait) => Math.max(0, Math.ceil((until - Date.now()) / 1000));
    const longest = new Map<string, number>();
    for (const wait of this.waits)
      longest.set(wait.about, Math.max(left(wait), longest.get(wait.about) ?? 0));
    this.item.text = `$(watch) Azure asks to wait ${Math.max(...longest.values())} s`;
    const lines = [...longest].map(([about, seconds]) => `${about}: ${seconds} s`);
    this.item.tooltip = [
      'Azure Resource Manager limits how often it is asked. What waits goes on by itself:',
      ...lines,
    ].join('\n');
    this.item.accessibilityInformation = { label: this.item.tooltip };
    this.item.show();
  }

  private end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

function newItem(): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem(
    'iotHubWorkbench.azureWaits',
    vscode.StatusBarAlignment.Left,
    9,
  );
  item.name = 'IoT Hub: Azure asks to wait';
  return item;
}
