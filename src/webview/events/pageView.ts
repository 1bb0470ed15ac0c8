import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatMegabytes } from '../../core/base/numbers';
import { valueOf } from '../shared/formEvents';
import { spans, tabs, type Tab, type ViewState } from './api';
import { type FieldChart } from './fieldChart';
import { type Histogram } from './histogram';
import { chartView } from './chartView';
import { tableColumns } from './columns';
import { devicesView } from './devicesView';
import { headerView, searchView } from './headerView';
import { icon } from './icons';
import { messagesView, newestView } from './messagesView';
import { type EventsPage } from './page';
import { type RowTable } from './rowTable';

export interface ViewContext {
  readonly page: EventsPage;
  readonly table: RowTable;
  readonly histogram: Histogram;
  readonly chart: FieldChart;
}

const tabNames = (): Readonly<Record<Tab, string>> => ({
  messages: l10n.t('Messages'),
  devices: l10n.t('Devices'),
  chart: l10n.t('Chart'),
});

export function pageView(context: ViewContext): TemplateResult {
  const { page } = context;
  const { state } = page;
  const names = tabNames();
  if (!state) return html`<p class="quiet loading">${l10n.t('Loading…')}</p>`;
  return html`
    ${headerView(page, state)} ${searchView(page, state)}
    <div class="strip">
      ${context.histogram.element}
      <select
        class="select"
        aria-label=${l10n.t('Time span')}
        @change=${(event: Event) => {
          const minutes = spans.find((span) => String(span) === valueOf(event));
          if (minutes) page.setMinutes(minutes);
        }}
      >
        ${spans.map(
          (span) =>
            html`<option value=${span} ?selected=${span === page.minutes}>
              ${l10n.t('Last {0} min', span)}
            </option>`,
        )}
      </select>
    </div>
    <div class="tabs">
      <div
        class="tablist"
        role="tablist"
        aria-label=${l10n.t('Views')}
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
              ${names[tab]}${tab === 'devices' && state.devices > 0 ? html` <span class="badge">${formatCount(state.devices)}</span>` : nothing}
            </button>`,
        )}
      </div>
      ${page.tab === 'messages' ? html`<span class="spring"></span>${newestView(page, context.table, state)} ${columnsView(page)}` : nothing}
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
      <summary>${icon('columns')}${l10n.t('Columns')}</summary>
      <div class="menu">
        ${tableColumns().map(
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
  const parts = [
    countText(state),
    l10n.t('Buffer: {0} of {1}', formatMegabytes(state.bytes), formatMegabytes(state.maxBytes)),
    ...(state.isRunning ? [l10n.t('{0}/s', formatCount(Math.round(state.perSecond)))] : []),
    ...(state.searched < 1 ? [l10n.t('Filtering: {0}%', Math.round(state.searched * 100))] : []),
  ];
  return html`
    <footer>
      <span>${parts.join(' · ')}</span>
      ${state.dropped > 0 ? html`<span class="warning">${droppedText(state.dropped)}</span>` : nothing}
      ${page.isPaused ? html`<span class="warning">${l10n.t('Paused – still receiving')}</span>` : nothing}
    </footer>
  `;
}

/** Prefix of the settings of the buffer. */
const historySetting = 'iotHubWorkbench.monitor.history';

function countText({ filter, from, to, held }: ViewState): string {
  const count = formatCount(held);
  if (filter === '') return held === 1 ? l10n.t('1 message') : l10n.t('{0} messages', count);
  const shown = formatCount(to - from);
  return held === 1 ? l10n.t('{0} of 1 message', shown) : l10n.t('{0} of {1} messages', shown, count);
}

const droppedText = (count: number): string =>
  count === 1
    ? l10n.t(
        '1 older message was discarded because the buffer is full. Increase the settings "{0}" to keep more.',
        historySetting,
      )
    : l10n.t(
        '{0} older messages were discarded because the buffer is full. Increase the settings "{1}" to keep more.',
        formatCount(count),
        historySetting,
      );
