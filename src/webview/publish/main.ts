import { render } from 'lit';
import { contentRoot, listen, oncePerFrame, onThemeChange } from '../shared/pageFrame';
import { toPage } from './api';
import { BodyEditor } from './bodyEditor';
import { Charts } from './charts';
import { Page } from './page';
import './publish.css';
import { pageView } from './views/pageView';

const root = contentRoot();
const schedule = oncePerFrame(() => draw());
/** The person who opens a panel wants to write. */
let wasDrawn = false;
const page = new Page(acquireVsCodeApi(), schedule);
const editor = new BodyEditor((text) => {
  const { draft } = page;
  if (draft && draft.body.kind !== 'file') page.edit({ body: { kind: draft.body.kind, text } });
});
const charts = new Charts();

function draw(): void {
  const body = page.draft?.body;
  if (body && body.kind !== 'file') {
    const [problem] = page.problems('body');
    editor.show(body.text, body.kind === 'json' ? 'json' : 'text', problem?.at?.line, problem !== undefined);
  }
  render(pageView({ page, editor, charts }), root);
  if (!wasDrawn && body && document.hasFocus()) editor.focus();
  wasDrawn ||= body !== undefined && page.state !== null;
  charts.show(page.points);
}

listen(toPage, page.handlers, (text) => page.post('report', { text }));
window.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  page.give('send');
});
// The life of a token and the age of what waits are told by the clock.
setInterval(() => {
  if (page.state?.tokenExpiresAt) schedule();
}, 1_000);
onThemeChange(() => charts.changeTheme());

draw();
page.post('ready', {});
