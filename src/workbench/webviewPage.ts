import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The only folder that a webview can load files from. */
export const webviewRoot = (extensionUri: vscode.Uri) => vscode.Uri.joinPath(extensionUri, 'dist', 'webview');

/**
 * The page of `src/webview/<name>`. Its script runs by a nonce, and it has no network access. It stays empty until
 * `WebviewHost` has sent its translations, and its language with them.
 */
export function webviewPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  name: string,
  title: string,
): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (end: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(webviewRoot(extensionUri), `${name}.${end}`)).toString();
  const policy = ["default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src ${webview.cspSource}`].join(
    '; ',
  );
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('css')}">
<title>${escapeHtml(title)}</title>
</head>
<body>
<main id="app"></main>
<script nonce="${nonce}" src="${file('js')}"></script>
</body>
</html>`;
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
