import * as vscode from 'vscode';

export interface RestorablePanels {
  /** @param state saved by the page */
  restore(panel: vscode.WebviewPanel, state: unknown): void;
}

/**
 * Restores the panels of a kind after a reload of the window. Their code is loaded when the first one is restored.
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
