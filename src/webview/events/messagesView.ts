import { html, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../../core/base/numbers';
import { nameValueList } from '../shared/nameValueList';
import { type Detail, type ViewState } from './api';
import { icon, type IconName } from './icons';
import { jsonView } from './jsonView';
import { type EventsPage } from './page';
import { type RowTable } from './rowTable';

/** The table of messages, and the selected one beside it. */
export function messagesView(page: EventsPage, table: RowTable, state: ViewState): TemplateResult {
  const isEmpty = page.end <= state.from;
  return html`
    <div class=${page.selected ? 'split' : 'whole'}>
      <div class="table-place">
        ${table.element} ${isEmpty ? emptyView(page, state) : nothing}
        ${
          isEmpty || (table.isAllInSight && !page.isPaused) || (page.isFollowing && !page.isPaused)
            ? nothing
            : html`<button class="vscode-button newest" @click=${() => page.follow()}>
                ${icon('arrowDown')}Newest${page.waiting > 0 ? html` (${formatCount(page.waiting)} new)` : nothing}
              </button>`
        }
      </div>
      ${page.selected ? detailView(page) : nothing}
    </div>
  `;
}

function emptyView(page: EventsPage, state: ViewState): TemplateResult {
  if (state.filter !== '' && state.held > 0) {
    return html`<div class="empty">
      <p>${state.searched < 1 ? 'Searching…' : `No message fits “${state.filter}”.`}</p>
      <button class="vscode-button secondary" @click=${() => page.search('', true)}>Clear Search</button>
    </div>`;
  }
  if (state.isRunning === undefined) {
    return html`<div class="empty">
      <p>
        ${state.status.kind === 'connecting' ? 'Reading the recording…' : 'This recording has no messages.'}
      </p>
    </div>`;
  }
  return html`<div class="empty">
    <p>${state.isRunning ? 'Waiting for messages…' : 'The monitor does not run.'}</p>
    <button
      class="vscode-button secondary"
      @click=${() => page.post(state.isRunning ? 'whyNoMessages' : 'toggleMonitor', {})}
    >
      ${state.isRunning ? html`${icon('question')}Why No Messages?` : html`${icon('play')}Start`}
    </button>
  </div>`;
}

function detailView(page: EventsPage): TemplateResult {
  const { detail, selected } = page;
  const index = selected?.index ?? 0;
  const tool = (name: IconName, label: string, run: () => void) =>
    html`<button class="icon-button" aria-label=${label} title=${label} @click=${run}>${icon(name)}</button>`;
  return html`
    <section class="detail" aria-label="Selected message">
      <div class="detail-tools">
        <h2>Message</h2>
        <span class="spring"></span>
        ${tool('copy', 'Copy body', () => page.post('copyBody', { index }))}
        ${tool('goToFile', 'Open body in an editor', () => page.post('openBody', { index }))}
        ${tool('close', 'Close', () => page.closeDetail())}
      </div>
      ${
        detail?.index !== index
          ? html`<p class="quiet">Loading…</p>`
          : detail.detail
            ? detailBody(page, detail.detail, index)
            : html`<p class="quiet">This message has left: the memory for messages is used up.</p>`
      }
    </section>
  `;
}

function detailBody(
  page: EventsPage,
  { body, isJson, facts, properties }: Detail,
  index: number,
): TemplateResult {
  return html`
    <pre class="body" tabindex="0" aria-label="Body">${isJson ? jsonView(body) : body}</pre>
    ${
      properties.length > 0
        ? html`<h3>Application properties</h3>
            ${nameValueList('pairs', properties)}`
        : nothing
    }
    <h3>System properties</h3>
    ${nameValueList('pairs', facts)}
    <button class="vscode-button secondary small" @click=${() => page.post('copyMessage', { index })}>
      ${icon('copy')}Copy Message
    </button>
  `;
}
