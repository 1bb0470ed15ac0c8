import { html, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../../core/base/numbers';
import { valueOf } from '../shared/formEvents';
import { type ViewState } from './api';
import { icon, type IconName } from './icons';
import { type EventsPage } from './page';

const stateIcons: Readonly<Record<ViewState['status']['kind'], IconName>> = {
  idle: 'stop',
  connecting: 'sync',
  live: 'pulse',
  retrying: 'sync',
  stopping: 'stop',
  failed: 'error',
};

/** What is shown, its status, and what can be done with it. */
export function headerView(page: EventsPage, state: ViewState): TemplateResult {
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

/** The search, and why it cannot be used. */
export function searchView(page: EventsPage, state: ViewState): TemplateResult {
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
