import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../../core/base/numbers';
import { valueOf } from '../shared/formEvents';
import { type ViewState } from './api';
import { icon, type IconName } from './icons';
import { type EventsPage } from './page';

const filterExamples = 'device:boiler-*   alert=true   $.temperature>20   !device:test-*';

const stateIcons: Readonly<Record<ViewState['status']['kind'], IconName>> = {
  idle: 'stop',
  connecting: 'sync',
  live: 'pulse',
  retrying: 'sync',
  stopping: 'stop',
  failed: 'error',
};

/** The title, the status and the actions. */
export function headerView(page: EventsPage, state: ViewState): TemplateResult {
  const button = (
    name: IconName,
    label: string,
    run: () => void,
    { isPressed, isDisabled = false }: { readonly isPressed?: boolean; readonly isDisabled?: boolean } = {},
  ) => html`
    <button
      class="vscode-button secondary small"
      ?disabled=${isDisabled}
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
                page.isPaused ? l10n.t('Resume ({0} new)', formatCount(page.waiting)) : l10n.t('Pause'),
                () => page.togglePause(),
                { isPressed: page.isPaused, isDisabled: !page.canTogglePause },
              )}
              ${button('record', state.isRecording ? l10n.t('Stop Recording') : l10n.t('Record…'), () => page.post('toggleRecording', {}), { isPressed: state.isRecording })}
              ${button(
                state.isRunning ? 'stop' : 'play',
                state.isRunning ? l10n.t('Stop') : l10n.t('Start'),
                () => page.post('toggleMonitor', {}),
              )}
            `
      }
    </header>
  `;
}

/** The filter box, and why the filter is not valid. */
export function searchView(page: EventsPage, state: ViewState): TemplateResult {
  const { problem } = state;
  return html`
    <div class="search">
      ${icon('filter')}
      <input
        class="vscode-textfield"
        type="text"
        aria-label=${l10n.t('Filter')}
        aria-invalid=${String(problem !== null)}
        aria-describedby="search-problem"
        spellcheck="false"
        placeholder=${l10n.t('Filter, for example: {0}', filterExamples)}
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
              aria-label=${l10n.t('Clear Filter Input')}
              title=${l10n.t('Clear Filter Input')}
              @click=${() => page.search('', true)}
            >
              ${icon('close')}
            </button>`
      }
    </div>
    <p class="problem" id="search-problem" role="alert" ?hidden=${problem === null}>${problem ?? ''}</p>
  `;
}
