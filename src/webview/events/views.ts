import { html, nothing, type TemplateResult } from 'lit';
import { counted, formatCount, formatMegabytes } from '../../core/base/numbers';
import { spans, tabs, type Detail, type Tab, type ViewState } from './api';
import { type FieldChart, type Histogram } from './charts';
import { chartView } from './chartView';
import { columns } from './columns';
import { devicesView } from './devicesView';
import { icon, type IconName } from './icons';
import { jsonView } from './jsonView';
import { type EventsPage } from './page';
import { type RowTable } from './rowTable';

export interface ViewContext {
  readonly page: EventsPage;
  readonly table: RowTable;
  readonly histogram: Histogram;
  readonly chart: FieldChart;
}

const tabNames: Readonly<Record<Tab, string>> = { messages: 'Messages', devices: 'Devices', chart: 'Chart' };

export function pageView(context: ViewContext): TemplateResult {
  const { page } = context;
  const { state } = page;
  if (!state) return html`<p class="quiet loading">Loading…</p>`;
  return html`
    ${headerView(page, state)} ${searchView(page, state)}
    <div class="strip">
      ${context.histogram.element}
      <select
        class="select"
        aria-label="Time span"
        @change=${(event: Event) => {
          const minutes = spans.find((span) => String(span) === valueOf(event));
          if (minutes) page.setMinutes(minutes);
        }}
      >
        ${spans.map(
          (span) => html`<option value=${span} ?selected=${span === page.minutes}>${span} min</option>`,
        )}
      </select>
    </div>
    <div class="tabs">
      <div
        class="tablist"
        role="tablist"
        aria-label="Views"
        @keydown=${(event: KeyboardEvent) => onTabKey(event, page)}
      >
        ${tabs.map(
          (tab) =>
            html`<button
              role="tab"
              id="tab-${tab}"
              aria-controls="panel"
              aria-selected=${String(tab === page.tab)}
              tabindex=${tab === page.tab ? 0 : -1}
              @click=${() => page.show(tab)}
            >
              ${tabNames[tab]}${tab === 'devices' && state.devices > 0 ? html` <span class="badge">${formatCount(state.devices)}</span>` : nothing}
            </button>`,
        )}
      </div>
      ${page.tab === 'messages' ? columnsView(page) : nothing}
    </div>
    <div class="panel" id="panel" role="tabpanel" aria-labelledby="tab-${page.tab}">
      ${panelView(context, state)}
    </div>
    ${footerView(page, state)}
  `;
}

function onTabKey(event: KeyboardEvent, page: EventsPage): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  const target = event.target;
  if (step === 0 || !(target instanceof HTMLElement) || target.role !== 'tab') return;
  const next = tabs[(tabs.indexOf(page.tab) + step + tabs.length) % tabs.length] ?? 'messages';
  page.show(next);
  requestAnimationFrame(() => document.getElementById(`tab-${next}`)?.focus());
}

function panelView(context: ViewContext, state: ViewState): TemplateResult {
  switch (context.page.tab) {
    case 'messages':
      return messagesView(context, state);
    case 'devices':
      return devicesView(context.page, state.devices);
    case 'chart':
      return chartView(context);
  }
}

const stateIcons: Readonly<Record<ViewState['status']['kind'], IconName>> = {
  idle: 'stop',
  connecting: 'sync',
  live: 'pulse',
  retrying: 'sync',
  stopping: 'stop',
  failed: 'error',
};

function headerView(page: EventsPage, state: ViewState): TemplateResult {
  const button = (name: IconName, label: string, run: () => void, isPressed?: boolean) => html`
    <button
      class="vscode-button secondary small"
      aria-pressed=${isPressed === undefined ? nothing : String(isPressed)}
      @click=${run}
    >
      ${icon(name)}${label}
    </button>
  `;
  return html`
    <header>
      <h1>${state.title}</h1>
      <span class="status status-${state.status.kind}" role="status">
        ${icon(stateIcons[state.status.kind])}${state.status.text}
      </span>
      <span class="spring"></span>
      ${
        state.isRunning === undefined
          ? nothing
          : html`
              ${button(
                page.isPaused ? 'play' : 'pause',
                page.isPaused ? `Resume (${formatCount(page.waiting)} new)` : 'Pause',
                () => page.togglePause(),
                page.isPaused,
              )}
              ${button('record', state.isRecording ? 'Stop Recording' : 'Record…', () => page.post('toggleRecording', {}), state.isRecording)}
              ${button(state.isRunning ? 'stop' : 'play', state.isRunning ? 'Stop' : 'Start', () =>
                page.post('toggleMonitor', {}),
              )}
            `
      }
    </header>
  `;
}

function searchView(page: EventsPage, state: ViewState): TemplateResult {
  const { problem } = state;
  return html`
    <div class="search">
      ${icon('filter')}
      <input
        class="vscode-textfield"
        type="text"
        aria-label="Search"
        aria-invalid=${String(problem !== null)}
        aria-describedby="search-problem"
        spellcheck="false"
        placeholder="Search: text   device:boiler-*   alert=true   $.temperature>20   !device:test-*"
        .value=${page.searchText}
        @input=${(event: Event) => page.search(valueOf(event))}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'Enter') page.search(page.searchText, true);
          if (event.key === 'Escape') page.search('', true);
        }}
      />
      ${
        page.searchText === ''
          ? nothing
          : html`<button
              class="icon-button"
              aria-label="Clear search"
              title="Clear search"
              @click=${() => page.search('', true)}
            >
              ${icon('close')}
            </button>`
      }
    </div>
    <p class="problem" id="search-problem" role="alert" ?hidden=${problem === null}>${problem ?? ''}</p>
  `;
}

function columnsView(page: EventsPage): TemplateResult {
  return html`
    <details class="columns">
      <summary>${icon('columns')}Columns</summary>
      <div class="menu">
        ${columns.map(
          ({ id, label }) => html`
            <label>
              <input
                type="checkbox"
                .checked=${page.columns.includes(id)}
                @change=${() => page.toggleColumn(id)}
              />${label}
            </label>
          `,
        )}
      </div>
    </details>
  `;
}

function messagesView({ page, table }: ViewContext, state: ViewState): TemplateResult {
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
  const list = (pairs: readonly (readonly [string, string])[]) =>
    html`<dl class="pairs">
      ${pairs.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`;
  return html`
    <pre class="body" tabindex="0" aria-label="Body">${isJson ? jsonView(body) : body}</pre>
    ${
      properties.length > 0
        ? html`<h3>Application properties</h3>
            ${list(properties)}`
        : nothing
    }
    <h3>System properties</h3>
    ${list(facts)}
    <button class="vscode-button secondary small" @click=${() => page.post('copyMessage', { index })}>
      ${icon('copy')}Copy Message
    </button>
  `;
}

function footerView(page: EventsPage, state: ViewState): TemplateResult {
  const shown = state.to - state.from;
  const parts = [
    state.filter === ''
      ? counted(state.held, 'message')
      : `${formatCount(shown)} of ${counted(state.held, 'message')}`,
    `${formatMegabytes(state.bytes)} of ${formatMegabytes(state.maxBytes)}`,
    ...(state.isRunning ? [`${formatCount(Math.round(state.perSecond))}/s`] : []),
    ...(state.searched < 1 ? [`searched ${Math.round(state.searched * 100)} %`] : []),
  ];
  return html`
    <footer>
      <span>${parts.join(' · ')}</span>
      ${
        state.dropped > 0
          ? html`<span class="warning"
              >${counted(state.dropped, 'older message')} left: the memory for messages is used up (setting
              monitor.history).</span
            >`
          : nothing
      }
      ${page.isPaused ? html`<span class="warning">Paused, nothing is lost</span>` : nothing}
    </footer>
  `;
}

const valueOf = (event: Event): string =>
  event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
    ? event.target.value
    : '';
