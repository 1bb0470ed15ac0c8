import { render } from 'lit';
import { dispatch } from '../protocol';
import { toPage } from './api';
import { BodyEditor } from './bodyEditor';
import { Charts } from './charts';
import { Page } from './page';
import './publish.css';
import { pageView } from './views/pageView';

const root = document.getElementById('app');
if (!root) throw new Error('The page has no place for its content.');

let isScheduled = false;
/** The person who opens a panel wants to write. */
let wasDrawn = false;
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

const page = new Page(acquireVsCodeApi(), schedule);
const editor = new BodyEditor((text) => {
  const { draft } = page;
  if (draft && draft.body.kind !== 'file') page.edit({ body: { kind: draft.body.kind, text } });
});
const charts = new Charts();

function draw(): void {
  if (!root) return;
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

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const refused = dispatch(toPage, page.handlers, event.data);
  if (refused) report(refused);
});
window.addEventListener('error', ({ message, filename, lineno }) =>
  report(`${message} (${filename}:${lineno})`),
);
window.addEventListener('unhandledrejection', ({ reason }) => report(String(reason)));
window.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  page.give('send');
});
// The life of a token and the age of what waits are told by the clock.
setInterval(() => {
  if (page.state?.tokenExpiresAt) schedule();
}, 1_000);
new MutationObserver(() => charts.changeTheme()).observe(document.body, {
  attributes: true,
  attributeFilter: ['class', 'data-vscode-theme-id'],
});

draw();
page.post('ready', {});
