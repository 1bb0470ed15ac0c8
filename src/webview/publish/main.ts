import { render } from 'lit';
import { oncePerFrame, onThemeChange, startPage } from '../shared/pageFrame';
import { contract } from './api';
import { BodyEditor } from './bodyEditor';
import { Charts } from './charts';
import { Page } from './page';
import './publish.css';
import { pageView } from './views/pageView';

startPage(contract, ({ api, root }) => {
  const schedule = oncePerFrame(() => draw());
  /** The body gets the focus when the panel opens. */
  let wasDrawn = false;
  const page = new Page(api, schedule);
  const editor = new BodyEditor((text) => {
    const { draft } = page;
    if (draft && draft.body.kind !== 'file') page.edit({ body: { kind: draft.body.kind, text } });
  });
  const charts = new Charts();

  function draw(): void {
    const body = page.draft?.body;
    if (body && body.kind !== 'file') {
      const [problem] = page.problems('body');
      editor.show(
        body.text,
        body.kind === 'json' ? 'json' : 'text',
        problem?.at?.line,
        problem !== undefined,
      );
    }
    render(pageView({ page, editor, charts }), root);
    if (!wasDrawn && body && document.hasFocus()) editor.focus();
    wasDrawn ||= body !== undefined && page.state !== null;
    charts.show(page.points);
  }

  window.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    page.postDraft('send');
  });
  // The remaining validity of a token depends on the clock.
  setInterval(() => {
    if (page.state?.tokenExpiresAt) schedule();
  }, 1_000);
  onThemeChange(() => charts.changeTheme());

  draw();
  return page.handlers;
});
