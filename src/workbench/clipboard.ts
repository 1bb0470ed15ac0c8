import * as vscode from 'vscode';
import { showStatus } from './statusTexts';

/** Copies, and says for a moment in the status bar that it did: no notification to close. */
export async function copy(text: string, said: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  showStatus('check', said);
}
