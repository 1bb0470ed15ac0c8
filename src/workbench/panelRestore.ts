import * as vscode from 'vscode';

export interface RestorablePanels {
  /** @param state what the page kept */
  restore(panel: vscode.WebviewPanel, state: unknown): void;
}

/**
 * Brings the panels of a kind back after a reload of the window. What they are made of is loaded when the first one
 * comes back.
 * @param viewType one of `webviews` in contributions.ts
 */
export function registerPanelRestore(
  viewType: string,
  load: () => Promise<RestorablePanels>,
): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(viewType, {
    deserializeWebviewPanel: async (panel, state: unknown) => (await load()).restore(panel, state),
  });
}
