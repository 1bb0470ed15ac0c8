import * as l10n from '@vscode/l10n';
import { setDisplayLocale } from '../../core/base/displayLocale';
import {
  dispatch,
  hostMessages,
  pageMessages,
  poster,
  type Handlers,
  type Localization,
  type MessageTable,
  type WebviewContract,
} from '../protocol';
import { type VsCodeApi } from './vscodeApi';

/** What a page starts with. */
export interface PageContext {
  readonly api: VsCodeApi;
  /** The element that the page renders into. */
  readonly root: HTMLElement;
}

/** Combines the changes of one frame into a single draw. */
export function oncePerFrame(draw: () => void): () => void {
  let isScheduled = false;
  return () => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      draw();
    });
  };
}

/**
 * Connects a page with its panel: tells the panel that the page is ready, starts the page once its translations have
 * arrived, passes each message to its handler, and reports errors of the page, which has no log.
 * @param start draws the page and returns the handlers of its messages
 */
export function startPage<P extends MessageTable>(
  { page, toPage }: Pick<WebviewContract<MessageTable, P>, 'page' | 'toPage'>,
  start: (context: PageContext) => Handlers<P>,
): void {
  const api = acquireVsCodeApi();
  const post = poster(pageMessages, (message) => api.postMessage(message));
  const report = (text: string) => post('report', { text: text.slice(0, 4_000) });
  let handlers: Handlers<P> | undefined;
  const onLocalization = (localization: Localization) => {
    localize(localization);
    handlers = start({ api, root: contentRoot() });
  };
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const rejected = handlers
      ? dispatch(toPage, handlers, data)
      : dispatch(hostMessages, { localization: onLocalization }, data);
    if (rejected) report(rejected.message);
  });
  window.addEventListener('error', ({ message, filename, lineno }) =>
    report(`${message} (${filename}:${lineno})`),
  );
  window.addEventListener('unhandledrejection', ({ reason }) => report(String(reason)));
  post('ready', { page });
}

export function onThemeChange(run: () => void): void {
  new MutationObserver(run).observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-id'],
  });
}

function localize({ language, locale, texts }: Localization): void {
  if (texts) l10n.config({ contents: texts });
  document.documentElement.lang = language;
  setDisplayLocale(locale);
}

function contentRoot(): HTMLElement {
  const root = document.getElementById('app');
  if (!root) throw new Error('The page has no content element.');
  return root;
}
