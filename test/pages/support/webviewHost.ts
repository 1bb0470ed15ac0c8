// What VS Code does around the page of a webview, in a plain browser: serves its files, gives it the API, passes messages.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, type Page, type Route } from 'playwright-core';
import { Uri } from 'vscode';
import { type FakeWebviewPanel, webviewResources } from '../../support/fakeVscode';
import { afterFrames, applyLook, deliver, provideApi } from './inPage.mjs';
import { defaultStyle, lookOf, type Look, type Theme } from './themes';

const pageAddress = 'https://page.vscode-cdn.net/index.html';
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

/** The page of a panel, open in a browser. */
export interface HostedPage {
  readonly page: Page;
  /** What the browser refused, reported as an error, or could not load: nothing, in a page that is in order. */
  readonly problems: string[];
  /** What the page keeps for the next time. */
  state(): unknown;
  setTheme(theme: Theme): Promise<void>;
  /** Ends when the page has all that was posted to it, and has drawn it. */
  settle(): Promise<void>;
}

/** @param state what the page kept the last time */
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
  await page.route('**/*', (route) => serve(route, panel, lookOf(theme)));

  let posted: Promise<unknown> = Promise.resolve();
  const subscription = panel.webview.onDidPost((message) => {
    // One after the other, as the extension posted them; a page that was closed hears nothing.
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
    setTheme: (next) => page.evaluate(applyLook, lookOf(next)),
    settle: async () => {
      await posted;
      await page.evaluate(afterFrames);
    },
  };
}

/** The page as VS Code writes it into its frame: with the theme, before its own policy counts. */
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

/** A file of a folder that the panel allows, and no other. */
function servedFile(url: string, { webview }: FakeWebviewPanel): string | undefined {
  if (new URL(url).origin !== new URL(webviewResources).origin) return undefined;
  const { fsPath } = Uri.file(decodeURIComponent(new URL(url).pathname));
  const isAllowed = webview.options.localResourceRoots?.some(
    (folder) => !path.relative(folder.fsPath, fsPath).startsWith('..'),
  );
  return isAllowed ? fsPath : undefined;
}
