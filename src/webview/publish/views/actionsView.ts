import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { type PublishDraft } from '../../../core/publish/draft';
import { type Line, type PanelState } from '../api';
import { icon } from '../icons';
import { lineIcon, lineText } from '../lineText';
import { isTicked } from './fields';
import { type ViewContext } from './viewContext';

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
            ? blocked === undefined
              ? lastView([...page.lines.values()].at(-1))
              : html`<span class="quiet run-text">${blocked}</span>`
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
        <label class="choice" title="Look for each message among the hub's events, and say when it arrived"
          ><input
            type="checkbox"
            .checked=${live(draft.watchArrival)}
            @change=${(event: Event) => page.edit({ watchArrival: isTicked(event) })}
          />Show arrivals</label
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

/** The newest line, since the results may be below the edge of the window. The page has it as a live region, too. */
function lastView(line: Line | undefined): TemplateResult {
  if (!line) return html`<span class="run-text"></span>`;
  return html`<span class="run-text line-state line ${line.state}"
    >${icon(lineIcon(line))}<span>${line.deviceId}: ${lineText(line)}</span></span
  >`;
}
