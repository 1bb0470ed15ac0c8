import { render } from 'lit';
import { dispatch } from '../protocol';
import { toPage } from './api';
import './hubOverview.css';
import { OverviewPage } from './page';
import { pageView } from './views/pageView';

const root = document.getElementById('app');
if (!root) throw new Error('The page has no place for its content.');

let isScheduled = false;
/** Many changes of one frame are drawn once. */
function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    draw();
  });
}

function report(text: string): void {
  page.post('report', { text: text.slice(0, 4_000) });
}

const page = new OverviewPage(acquireVsCodeApi(), schedule);
page.onFocus = (id) =>
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus()));

function draw(): void {
  if (root) render(pageView(page), root);
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const refused = dispatch(toPage, page.handlers, event.data);
  if (refused) report(refused);
});
window.addEventListener('error', ({ message, filename, lineno }) =>
  report(`${message} (${filename}:${lineno})`),
);
window.addEventListener('unhandledrejection', ({ reason }) => report(String(reason)));
// How long it is until the quota begins anew is told by the clock.
setInterval(schedule, 30_000);

draw();
page.begin();
