import { setDisplayLocale } from '../../core/base/displayLocale';
import { dispatch, type Handlers, type MessageTable } from '../protocol';

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

/** Hands on what the extension says, and tells it what goes wrong in the page, which has no log of its own. */
export function listen<T extends MessageTable>(
  table: T,
  handlers: Handlers<T>,
  report: (text: string) => void,
): void {
  const tell = (text: string) => report(text.slice(0, 4_000));
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const refused = dispatch(table, handlers, event.data);
    if (refused) tell(refused);
  });
  window.addEventListener('error', ({ message, filename, lineno }) =>
    tell(`${message} (${filename}:${lineno})`),
  );
  window.addEventListener('unhandledrejection', ({ reason }) => tell(String(reason)));
}

export function onThemeChange(run: () => void): void {
  new MutationObserver(run).observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-id'],
  });
}
