import { render } from 'lit';
import { oncePerFrame, onThemeChange, startPage } from '../shared/pageFrame';
import { contract } from './api';
import { FieldChart } from './fieldChart';
import { Histogram } from './histogram';
import './events.css';
import { EventsPage } from './page';
import { RowTable } from './rowTable';
import { pageView } from './pageView';

startPage(contract, ({ api, root }) => {
  const schedule = oncePerFrame(() => draw());
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
  // The time since a device was last seen depends on the clock.
  setInterval(() => {
    if (page.tab === 'devices') schedule();
  }, 1_000);
  onThemeChange(() => {
    histogram.changeTheme();
    chart.changeTheme();
  });

  draw();
  page.restoreView();
  return page.handlers;
});
