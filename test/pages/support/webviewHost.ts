// Hosts the page of a webview in a browser as VS Code does: serves its files, provides the API, passes messages.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, type Page, type Route } from 'playwright-core';
import { Uri } from 'vscode';
import { type FakeWebviewPanel, webviewResources } from '../../support/fakeVscode';
import { afterFrames, applyLook, deliver, provideApi } from './inPage.mjs';
import { defaultStyle, curveStyle, type Look, type Theme } from './themes';

const pageAddress = 'https://page.vscode-cdn.net/index.html';
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

/** The page of a panel, open in a browser. */
export interface HostedPage {
  readonly page: Page;
  /** What the browser blocked, reported as an error, or could not load. */
  readonly problems: string[];
  /** State that the page has saved. */
  state(): unknown;
  setTheme(theme: Theme): Promise<void>;
  /** Waits until the page has received and drawn everything that was posted to it. */
  settle(): Promise<void>;
}

/** @param state saved by the page before */
export async function hostPage(
  context: BrowserContext,
  panel: FakeWebviewPanel,
  theme: Theme,
  state?: unknown,
): Promise<HostedPage> {
  const page = await context.newPage();
  const problems: string[] = [];
  let kept = state;
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('requestfailed', (request) => problems.push(`${request.url()} was not loaded.`));
  await page.exposeFunction('hostReceive', (message: unknown) => panel.webview.receive(message));
  await page.exposeFunction('hostKeep', (value: unknown) => void (kept = value));
  await page.addInitScript(provideApi, state);
  await page.route('**/*', (route) => serve(route, panel, curveStyle(theme)));

  let posted: Promise<unknown> = Promise.resolve();
  const subscription = panel.webview.onDidPost((message) => {
    // In the order in which the extension posted them, until the page is closed.
    posted = posted
      .then(() => page.evaluate(deliver, message))
      .catch((error: unknown) => {
        if (!page.isClosed()) throw error;
      });
  });
  page.on('close', () => void subscription.dispose());
  await page.goto(pageAddress);
  return {
    page,
    problems,
    state: (): unknown => kept,
    setTheme: (next) => page.evaluate(applyLook, curveStyle(next)),
    settle: async () => {
      await posted;
      await page.evaluate(afterFrames);
    },
  };
}

/** Serves the page as VS Code does: with the styles of the theme, which its own policy would forbid. */
async function serve(route: Route, panel: FakeWebviewPanel, look: Look): Promise<void> {
  const url = route.request().url();
  if (url === pageAddress) {
    await route.fulfill({ contentType: 'text/html; charset=utf-8', body: dressed(panel.webview.html, look) });
    return;
  }
  const file = servedFile(url, panel);
  if (file === undefined) return route.abort();
  await route.fulfill({ contentType: types[path.extname(file)] ?? 'text/plain', body: readFileSync(file) });
}

function dressed(html: string, { variables, className, kind, id }: Look): string {
  const style = variables.map(([name, value]) => `${name}: ${value};`).join(' ');
  const quoted = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const dressings = [
    [/<html\b/, `<html style="${quoted(style)}"`],
    [/<head>/, `<head><style>${defaultStyle}</style>`],
    [/<body\b/, `<body class="${className}" data-vscode-theme-kind="${kind}" data-vscode-theme-id="${id}"`],
  ] as const;
  return dressings.reduce((text, [tag, dressing]) => {
    if (!tag.test(text)) throw new Error(`The page has no ${tag.source}.`);
    return text.replace(tag, () => dressing);
  }, html);
}

/** A file in a folder that the panel allows. */
function servedFile(url: string, { webview }: FakeWebviewPanel): string | undefined {
  if (new URL(url).origin !== new URL(webviewResources).origin) return undefined;
  const { fsPath } = Uri.file(decodeURIComponent(new URL(url).pathname));
  const isAllowed = webview.options.localResourceRoots?.some(
    (folder) => !path.relative(folder.fsPath, fsPath).startsWith('..'),
  );
  return isAllowed ? fsPath : undefined;
}
