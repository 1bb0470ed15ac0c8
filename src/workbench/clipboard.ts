import * as vscode from 'vscode';

/** Copies, and says for a moment in the status bar that it did: no notification to close. */
export async function copy(text: string, said: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`$(check) ${said}`, 5_000);
}
