import { render } from 'lit';
import { contentRoot, oncePerFrame, onThemeChange, startPage } from '../shared/pageFrame';
import { contract } from './api';
import { FieldChart, Histogram } from './charts';
import './events.css';
import { EventsPage } from './page';
import { RowTable } from './rowTable';
import { pageView } from './pageView';

const root = contentRoot();
const schedule = oncePerFrame(() => draw());
const api = acquireVsCodeApi();
const page = new EventsPage(api, schedule);
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
startPage(api, contract, page.handlers);
page.begin();
