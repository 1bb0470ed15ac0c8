import { render } from 'lit';
import { dispatch } from '../protocol';
import { toPage } from './api';
import { FieldChart, Histogram } from './charts';
import './events.css';
import { EventsPage } from './page';
import { RowTable } from './rowTable';
import { pageView } from './views';

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

const page = new EventsPage(acquireVsCodeApi(), schedule);
const table = new RowTable(page, schedule);
const histogram = new Histogram((at) => {
  page.show('messages');
  page.post('find', { at });
});
const chart = new FieldChart(schedule);

function draw(): void {
  if (!root) return;
  render(pageView({ page, table, histogram, chart }), root);
  const utc = page.state?.utc ?? true;
  if (page.tab === 'messages') table.draw();
  if (page.tab === 'chart') chart.show(page.series, utc);
  histogram.show(page.rates, utc);
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const refused = dispatch(toPage, page.handlers, event.data);
  if (refused) report(refused);
});
window.addEventListener('error', ({ message, filename, lineno }) =>
  report(`${message} (${filename}:${lineno})`),
);
window.addEventListener('unhandledrejection', ({ reason }) => report(String(reason)));
window.addEventListener('keydown', (event) => {
  if (event.key !== 'f' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  document.querySelector<HTMLInputElement>('.search input')?.focus();
});
// How long ago a device was seen is told by the clock.
setInterval(() => {
  if (page.tab === 'devices') schedule();
}, 1_000);
new MutationObserver(() => {
  histogram.changeTheme();
  chart.changeTheme();
}).observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });

draw();
page.begin();
