import { render } from 'lit';
import { contentRoot, listen, oncePerFrame } from '../shared/pageFrame';
import { toPage } from './api';
import './hubOverview.css';
import { OverviewPage } from './page';
import { pageView } from './views/pageView';

const root = contentRoot();
const schedule = oncePerFrame(() => draw());
const page = new OverviewPage(acquireVsCodeApi(), schedule);
page.onFocus = (id) =>
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus()));

function draw(): void {
  render(pageView(page), root);
}

listen(toPage, page.handlers, (text) => page.post('report', { text }));
// How long it is until the quota begins anew is told by the clock.
setInterval(schedule, 30_000);

draw();
page.begin();
