import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { clockTime } from '../../../core/base/dates';
import { type PublishDraft } from '../../../core/publish/draft';
import { type SendResult, type PanelState } from '../api';
import { icon } from '../icons';
import { sendResultIcon, sendResultText } from '../sendResultText';
import { isTicked } from './fields';
import { type ViewContext } from './viewContext';

/** The actions for the message, which stay visible while the page scrolls. */
export function actionsView({ page }: ViewContext, draft: PublishDraft, state: PanelState): TemplateResult {
  const { run, arrivalProblem } = state;
  const isIdle = run.kind === 'idle';
  const blocked = page.blocked('send');
  return html`
    <section class="actions" aria-label=${l10n.t('Send')}>
      <div class="row">
        <button
          class="vscode-button"
          ?disabled=${blocked !== undefined}
          title=${isIdle ? (blocked ?? l10n.t('Send one message per device (Ctrl+Enter)')) : ''}
          @click=${() => page.postDraft('send')}
        >
          ${icon('send')}${l10n.t('Send')}
        </button>
        <button
          class="vscode-button secondary"
          ?disabled=${isIdle || run.kind === 'stopping'}
          @click=${() => page.post('stop', {})}
        >
          ${icon('stop')}${l10n.t('Stop')}
        </button>
        ${
          isIdle
            ? blocked === undefined
              ? latestResultView([...page.results.values()].at(-1))
              : html`<span class="quiet run-text">${blocked}</span>`
            : html`<span class="run-text">${run.text}</span>${
                  run.progress === undefined
                    ? nothing
                    : html`<progress
                        aria-label=${l10n.t('Run progress')}
                        max="1"
                        .value=${run.progress}
                      ></progress>`
                }`
        }
        <label
          class="choice"
          title=${l10n.t('Reads the events of the hub and shows when each message arrives')}
          ><input
            type="checkbox"
            .checked=${live(draft.watchArrival)}
            @change=${(event: Event) => page.edit({ watchArrival: isTicked(event) })}
          />${l10n.t('Show arrivals')}</label
        >
        <button class="vscode-button secondary" @click=${() => page.request('openMessageFile')}>
          ${l10n.t('Open File…')}
        </button>
        <button class="vscode-button secondary" @click=${() => page.postDraft('saveMessageFile')}>
          ${l10n.t('Save File…')}
        </button>
        <button
          class="icon-button"
          aria-label=${l10n.t('Monitor Hub')}
          title=${l10n.t('Monitor Hub')}
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

/**
 * The newest result with its time, since the list may be below the visible area and the device or hub may have changed
 * since. The page also announces it in a live region.
 */
function latestResultView(result: SendResult | undefined): TemplateResult {
  if (!result) return html`<span class="run-text"></span>`;
  const { at, deviceId, state } = result;
  const text = sendResultText(result);
  // The reason of a failure may already name the device.
  const named = text.includes(`"${deviceId}"`) ? text : l10n.t('{0}: {1}', deviceId, text);
  return html`<span class="run-text result-state result ${state}"
    >${icon(sendResultIcon(result))}<span>${clockTime(at)} · ${named}</span></span
  >`;
}
