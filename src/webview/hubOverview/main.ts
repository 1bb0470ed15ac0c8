import { render } from 'lit';
import { contentRoot, oncePerFrame, startPage } from '../shared/pageFrame';
import { contract } from './api';
import './hubOverview.css';
import { OverviewPage } from './page';
import { pageView } from './views/pageView';

const root = contentRoot();
const schedule = oncePerFrame(() => draw());
const api = acquireVsCodeApi();
const page = new OverviewPage(api, schedule);
page.onFocus = (id) =>
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus()));

function draw(): void {
  render(pageView(page), root);
}

// How long it is until the quota begins anew is told by the clock.
setInterval(schedule, 30_000);

draw();
startPage(api, contract, page.handlers);
