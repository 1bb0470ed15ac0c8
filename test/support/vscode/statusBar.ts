import type * as vscode from 'vscode';
import { fake } from './fake';

/** A status bar item. */
export class FakeStatusBarItem implements vscode.StatusBarItem {
  readonly id: string;
  name: string | undefined;
  text = '';
  tooltip: vscode.StatusBarItem['tooltip'];
  color: vscode.StatusBarItem['color'];
  backgroundColor: vscode.StatusBarItem['backgroundColor'];
  command: vscode.StatusBarItem['command'];
  accessibilityInformation: vscode.StatusBarItem['accessibilityInformation'];
  isShown = false;
  isDisposed = false;

  constructor(
    id: string | undefined,
    readonly alignment: vscode.StatusBarAlignment,
    readonly priority: number | undefined,
  ) {
    this.id = id ?? 'publisher.extension';
    fake.statusBarItems.push(this);
  }

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
  }

  dispose(): void {
    this.isDisposed = true;
    this.hide();
  }
}
