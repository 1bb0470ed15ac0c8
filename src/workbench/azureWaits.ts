import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { iconLabel } from '../core/base/singleLine';

interface Wait {
  readonly about: string;
  readonly until: number;
}

/** Calls that wait because Azure is throttling, in the status bar until the last one continues. */
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
    this.item.text = iconLabel(
      'watch',
      l10n.t('Throttled by Azure, retrying in {0} s', Math.max(...longest.values())),
    );
    const lines = [...longest].map(([about, seconds]) => l10n.t('{0}: {1} s', about, seconds));
    this.item.tooltip = [
      l10n.t(
        'Azure Resource Manager limits the number of requests. Waiting requests continue automatically:',
      ),
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
  item.name = l10n.t('IoT Hub: Throttling');
  return item;
}
