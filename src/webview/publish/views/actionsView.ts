import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { type PublishDraft } from '../../../core/publish/draft';
import { type PanelState } from '../api';
import { icon } from '../icons';
import { isTicked } from './fields';
import { type ViewContext } from './pageView';

/** What can be done with the message; stays in sight. */
export function actionsView({ page }: ViewContext, draft: PublishDraft, state: PanelState): TemplateResult {
  const { run, arrivalProblem } = state;
  const isIdle = run.kind === 'idle';
  const blocked = page.blocked('send');
  return html`
    <section class="actions" aria-label="Send">
      <div class="row">
        <button
          class="vscode-button"
          ?disabled=${blocked !== undefined}
          title=${isIdle ? (blocked ?? 'Send one message of each device (Ctrl+Enter)') : ''}
          @click=${() => page.give('send')}
        >
          ${icon('send')}Send
        </button>
        <button
          class="vscode-button secondary"
          ?disabled=${isIdle || run.kind === 'stopping'}
          @click=${() => page.post('stop', {})}
        >
          ${icon('stop')}Stop
        </button>
        ${
          isIdle
            ? html`<span class="quiet run-text">${blocked ?? ''}</span>`
            : html`<span class="run-text">${run.text}</span>${
                  run.progress === undefined
                    ? nothing
                    : html`<progress
                        aria-label="Progress of the run"
                        max="1"
                        .value=${run.progress}
                      ></progress>`
                }`
        }
        <span class="grow"></span>
        <label class="choice"
          ><input
            type="checkbox"
            .checked=${live(draft.watchArrival)}
            @change=${(event: Event) => page.edit({ watchArrival: isTicked(event) })}
          />Show when each arrives at the hub</label
        >
        <button class="vscode-button secondary" @click=${() => page.ask('openMessageFile')}>
          Open File…
        </button>
        <button class="vscode-button secondary" @click=${() => page.give('saveMessageFile')}>
          Save File…
        </button>
        <button
          class="icon-button"
          aria-label="Monitor the hub"
          title="Monitor the hub"
          @click=${() => page.post('showMonitor', {})}
        >
          ${icon('monitor')}
        </button>
      </div>
      ${
        arrivalProblem === null
          ? nothing
          : html`<p class="problem warning">${icon('warning')}<span>${arrivalProblem}</span></p>`
      }
    </section>
  `;
}
