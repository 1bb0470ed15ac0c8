import { render } from 'lit';
import { oncePerFrame, startPage } from '../shared/pageFrame';
import { contract } from './api';
import './hubOverview.css';
import { OverviewPage } from './page';
import { pageView } from './views/pageView';

startPage(contract, ({ api, root }) => {
  function draw(): void {
    render(pageView(page), root);
  }
  const schedule = oncePerFrame(draw);
  const page = new OverviewPage(api, schedule);
  page.onFocus = (id) =>
    requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus()));
  // The time until the quota resets depends on the clock.
  setInterval(schedule, 30_000);
  draw();
  return page.handlers;
});
