import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../../core/base/numbers';
import { nameValueList } from '../shared/nameValueList';
import { type Detail, type ViewState } from './api';
import { icon, type IconName } from './icons';
import { jsonView } from './jsonView';
import { type EventsPage } from './page';
import { type RowTable } from './rowTable';

/** The table of messages, with the selected message beside it. */
export function messagesView(page: EventsPage, table: RowTable, state: ViewState): TemplateResult {
  const isEmpty = page.end <= state.from;
  return html`
    <div class=${page.selected ? 'split' : 'whole'}>
      <div class="table-panel">${table.element} ${isEmpty ? emptyView(page, state) : nothing}</div>
      ${page.selected ? detailView(page) : nothing}
    </div>
  `;
}

/** Scrolls to the newest message. It is above the table, where it hides no row. */
export function newestView(
  page: EventsPage,
  table: RowTable,
  state: ViewState,
): TemplateResult | typeof nothing {
  const isEmpty = page.end <= state.from;
  if (isEmpty || (!page.isPaused && (table.isAllVisible || page.isFollowing))) return nothing;
  return html`<button class="vscode-button small" @click=${() => page.follow()}>
    ${icon('arrowDown')}${page.waiting > 0 ? l10n.t('Jump to Newest ({0} new)', formatCount(page.waiting)) : l10n.t('Jump to Newest')}
  </button>`;
}

function emptyView(page: EventsPage, state: ViewState): TemplateResult {
  if (state.filter !== '' && state.held > 0) {
    return html`<div class="empty">
      <p>${state.searched < 1 ? l10n.t('Filtering…') : l10n.t('No messages match "{0}".', state.filter)}</p>
      <button class="vscode-button secondary" @click=${() => page.search('', true)}>
        ${l10n.t('Clear Filter')}
      </button>
    </div>`;
  }
  if (state.isRunning === undefined) {
    return html`<div class="empty">
      <p>
        ${state.status.kind === 'connecting' ? l10n.t('Reading the recording…') : l10n.t('This recording has no messages.')}
      </p>
    </div>`;
  }
  if (state.isRunning && (state.status.kind === 'connecting' || state.status.kind === 'stopping')) {
    return html`<div class="empty"><p>${state.status.text}</p></div>`;
  }
  return html`<div class="empty">
    <p>${state.isRunning ? l10n.t('Waiting for messages…') : l10n.t('Monitoring is not running.')}</p>
    <button
      class="vscode-button secondary"
      @click=${() => page.post(state.isRunning ? 'whyNoMessages' : 'toggleMonitor', {})}
    >
      ${state.isRunning ? html`${icon('question')}${l10n.t('Why No Messages?')}` : html`${icon('play')}${l10n.t('Start')}`}
    </button>
  </div>`;
}

function detailView(page: EventsPage): TemplateResult {
  const { detail, selected } = page;
  const index = selected?.index ?? 0;
  const tool = (name: IconName, label: string, run: () => void) =>
    html`<button class="icon-button" aria-label=${label} title=${label} @click=${run}>${icon(name)}</button>`;
  return html`
    <section class="detail" aria-label=${l10n.t('Selected message')}>
      <div class="detail-tools">
        <h2>${l10n.t('Message')}</h2>
        <span class="spring"></span>
        ${tool('copy', l10n.t('Copy Body'), () => page.post('copyBody', { index }))}
        ${tool('goToFile', l10n.t('Open Body in Editor'), () => page.post('openBody', { index, form: 'formatted' }))}
        ${tool('close', l10n.t('Close'), () => page.closeDetail())}
      </div>
      ${
        detail?.index !== index
          ? html`<p class="quiet">${l10n.t('Loading…')}</p>`
          : detail.detail
            ? detailBody(page, detail.detail, index)
            : html`<p class="quiet">${l10n.t('This message is no longer in the buffer.')}</p>`
      }
    </section>
  `;
}

function detailBody(
  page: EventsPage,
  { body, isJson, isReduced, systemProperties, applicationProperties }: Detail,
  index: number,
): TemplateResult {
  return html`
    <pre class="body" tabindex="0" aria-label=${l10n.t('Body')}>${isJson ? jsonView(body) : body}</pre>
    ${
      isReduced
        ? html`<button
            class="vscode-button secondary small"
            @click=${() => page.post('openBody', { index, form: 'raw' })}
          >
            ${icon('goToFile')}${l10n.t('Open Unformatted Body in Editor')}
          </button>`
        : nothing
    }
    ${
      applicationProperties.length > 0
        ? html`<h3>${l10n.t('Application properties')}</h3>
            ${nameValueList('pairs', applicationProperties)}`
        : nothing
    }
    <h3>${l10n.t('System properties')}</h3>
    ${nameValueList('pairs', systemProperties)}
    <button class="vscode-button secondary small" @click=${() => page.post('copyMessage', { index })}>
      ${icon('copy')}${l10n.t('Copy Message')}
    </button>
  `;
}
