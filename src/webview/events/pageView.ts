import { html, nothing, type TemplateResult } from 'lit';
import { counted, formatCount, formatMegabytes } from '../../core/base/numbers';
import { valueOf } from '../shared/formEvents';
import { spans, tabs, type Tab, type ViewState } from './api';
import { type FieldChart, type Histogram } from './charts';
import { chartView } from './chartView';
import { columns } from './columns';
import { devicesView } from './devicesView';
import { headerView, searchView } from './headerView';
import { icon } from './icons';
import { messagesView } from './messagesView';
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
      return messagesView(context.page, context.table, state);
    case 'devices':
      return devicesView(context.page, state.devices);
    case 'chart':
      return chartView(context);
  }
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
