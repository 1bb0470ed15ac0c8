import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { preciseClockTime } from '../../../core/base/dates';
import { formatBytes, formatCount } from '../../../core/base/numbers';
import { type SendResult, type PanelState, type Point } from '../api';
import { icon } from '../icons';
import { sendResultIcon, sendResultText } from '../sendResultText';
import { nameValueList, type NameValue } from '../../shared/nameValueList';
import { type ViewContext } from './viewContext';

/** Rows that are drawn during a run, when hundreds are added per second. All are drawn when the run ends. */
const drawnWhileRunning = 60;

/** The results: charts and totals of a run, and a row for each message. */
export function resultsView({ page, charts }: ViewContext, { run }: PanelState): TemplateResult {
  const last = page.points.at(-1);
  const isRunning = run.kind === 'running';
  return html`
    <section aria-labelledby="results-title" class="results">
      <div class="row">
        <h2 id="results-title">${l10n.t('Results')}</h2>
        <span class="grow"></span>
        <button
          class="icon-button"
          aria-label=${l10n.t('Clear Results')}
          title=${l10n.t('Clear Results')}
          ?disabled=${page.results.size === 0}
          @click=${() => page.post('clearResults', {})}
        >
          ${icon('clearAll')}
        </button>
      </div>
      ${last ? totalsView(last) : nothing}
      <div class="charts" ?hidden=${!last}>${charts.elements}</div>
      ${
        page.results.size === 0
          ? html`<p class="quiet">${l10n.t('No messages sent yet. Select Send or press Ctrl+Enter.')}</p>`
          : guard([page.resultsVersion, isRunning], () =>
              resultRowsView([...page.results.values()].slice(isRunning ? -drawnWhileRunning : 0)),
            )
      }
    </section>
  `;
}

function totalsView(point: Point): TemplateResult {
  const items: readonly NameValue[] = [
    [l10n.t('Sent'), formatCount(point.sent)],
    [l10n.t('Acknowledged'), formatCount(point.acknowledged)],
    [l10n.t('Arrived'), formatCount(point.arrived)],
    [l10n.t('Failed'), formatCount(point.failed)],
    [l10n.t('In flight'), formatCount(point.inFlight)],
    [l10n.t('Connected'), l10n.t('{0} of {1}', formatCount(point.connected), formatCount(point.devices))],
    ...(point.skipped > 0 ? [[l10n.t('Skipped'), formatCount(point.skipped)] as const] : []),
  ];
  return nameValueList('totals', items);
}

function resultRowsView(results: readonly SendResult[]): TemplateResult {
  return html`
    <div class="scroll result-list" tabindex="0" role="region" aria-label=${l10n.t('Messages, newest first')}>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">${l10n.t('Time')}</th>
            <th scope="col">${l10n.t('Device')}</th>
            <th scope="col" class="right">${l10n.t('Size')}</th>
            <th scope="col">${l10n.t('Status')}</th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            results.toReversed(),
            ({ id }) => id,
            (result) => html`
              <tr class="result ${result.state}">
                <td class="mono">${preciseClockTime(result.at)}</td>
                <td>${result.deviceId}</td>
                <td class="right">${result.bytes > 0 ? formatBytes(result.bytes) : ''}</td>
                <td>
                  <span class="result-state"
                    >${icon(sendResultIcon(result))}<span>${sendResultText(result)}</span></span
                  >
                </td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
