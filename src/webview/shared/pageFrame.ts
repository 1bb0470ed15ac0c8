import { setDisplayLocale } from '../../core/base/displayLocale';
import {
  dispatch,
  pageMessages,
  poster,
  type Handlers,
  type MessageTable,
  type WebviewContract,
} from '../protocol';
import { type VsCodeApi } from './vscodeApi';

/** Where the page draws itself; from here on numbers and dates are in the display locale of VS Code. */
export function contentRoot(): HTMLElement {
  const root = document.getElementById('app');
  if (!root) throw new Error('The page has no place for its content.');
  setDisplayLocale(document.body.dataset['displayLocale'] ?? '');
  return root;
}

/** Many changes of one frame are drawn once. */
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
 * Connects a page with its panel: hands each message to its handler, reports what goes wrong in the page, which has
 * no log of its own, and says that the page is ready.
 */
export function startPage<P extends MessageTable>(
  api: Pick<VsCodeApi, 'postMessage'>,
  { page, toPage }: Pick<WebviewContract<MessageTable, P>, 'page' | 'toPage'>,
  handlers: Handlers<P>,
): void {
  const post = poster(pageMessages, (message) => api.postMessage(message));
  const report = (text: string) => post('report', { text: text.slice(0, 4_000) });
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const refused = dispatch(toPage, handlers, event.data);
    if (refused) report(refused);
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
