import * as vscode from 'vscode';
import { iconLabel } from '../core/base/singleLine';

/** Shows a text in the status bar for a moment: no notification to close. @param icon name of a codicon */
export function showStatus(icon: string, text: string): void {
  // eslint-disable-next-line no-restricted-syntax -- the only place that sets one
  vscode.window.setStatusBarMessage(iconLabel(icon, text), 5_000);
}
