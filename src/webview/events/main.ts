import { render } from 'lit';
import { contentRoot, listen, oncePerFrame, onThemeChange } from '../shared/pageFrame';
import { toPage } from './api';
import { FieldChart, Histogram } from './charts';
import './events.css';
import { EventsPage } from './page';
import { RowTable } from './rowTable';
import { pageView } from './views';

const root = contentRoot();
const schedule = oncePerFrame(() => draw());
const page = new EventsPage(acquireVsCodeApi(), schedule);
const table = new RowTable(page, schedule);
const histogram = new Histogram((at) => {
  page.show('messages');
  page.post('find', { at });
});
const chart = new FieldChart(schedule);

function draw(): void {
  render(pageView({ page, table, histogram, chart }), root);
  const utc = page.state?.utc ?? true;
  if (page.tab === 'messages') table.draw();
  if (page.tab === 'chart') chart.show(page.series, utc);
  histogram.show(page.rates, utc);
}

listen(toPage, page.handlers, (text) => page.post('report', { text }));
window.addEventListener('keydown', (event) => {
  if (event.key !== 'f' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  document.querySelector<HTMLInputElement>('.search input')?.focus();
});
// How long ago a device was seen is told by the clock.
setInterval(() => {
  if (page.tab === 'devices') schedule();
}, 1_000);
onThemeChange(() => {
  histogram.changeTheme();
  chart.changeTheme();
});

draw();
page.begin();
