import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { preciseClockTime } from '../../../core/base/dates';
import { formatBytes, formatCount } from '../../../core/base/numbers';
import { type Line, type PanelState, type Point } from '../api';
import { icon } from '../icons';
import { lineIcon, lineText } from '../lineText';
import { nameValueList, type NameValue } from '../../shared/nameValueList';
import { type ViewContext } from './viewContext';

/** Hundreds of new rows a second are read by nobody; all that are kept come when the run is over. */
const drawnWhileRunning = 60;

/** What became of the messages: curves and totals of a run, and a line of each message. */
export function resultsView({ page, charts }: ViewContext, { run }: PanelState): TemplateResult {
  const last = page.points.at(-1);
  const isRunning = run.kind === 'running';
  return html`
    <section aria-labelledby="results-title" class="results">
      <div class="row">
        <h2 id="results-title">Results</h2>
        <span class="grow"></span>
        <button
          class="icon-button"
          aria-label="Clear results"
          title="Clear"
          ?disabled=${page.lines.size === 0}
          @click=${() => page.post('clearLines', {})}
        >
          ${icon('clearAll')}
        </button>
      </div>
      ${last ? totalsView(last) : nothing}
      <div class="charts" ?hidden=${!last}>${charts.elements}</div>
      ${
        page.lines.size === 0
          ? html`<p class="quiet">Nothing sent yet. Press Send, or Ctrl+Enter.</p>`
          : guard([page.linesVersion, isRunning], () =>
              linesView([...page.lines.values()].slice(isRunning ? -drawnWhileRunning : 0)),
            )
      }
    </section>
  `;
}

function totalsView(point: Point): TemplateResult {
  const items: readonly NameValue[] = [
    ['sent', formatCount(point.sent)],
    ['acknowledged', formatCount(point.acknowledged)],
    ['arrived', formatCount(point.arrived)],
    ['failed', formatCount(point.failed)],
    ['in flight', formatCount(point.inFlight)],
    ['connected', `${formatCount(point.connected)} of ${formatCount(point.devices)}`],
    ...(point.skipped > 0 ? [['turns left out', formatCount(point.skipped)] as const] : []),
  ];
  return nameValueList('totals', items);
}

function linesView(lines: readonly Line[]): TemplateResult {
  return html`
    <div class="scroll lines" tabindex="0" role="region" aria-label="Messages, newest first">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Device</th>
            <th scope="col" class="right">Size</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            lines.toReversed(),
            ({ id }) => id,
            (line) => html`
              <tr class="line ${line.state}">
                <td class="mono">${preciseClockTime(line.at)}</td>
                <td>${line.deviceId}</td>
                <td class="right">${line.bytes > 0 ? formatBytes(line.bytes) : ''}</td>
                <td>
                  <span class="line-state">${icon(lineIcon(line))}<span>${lineText(line)}</span></span>
                </td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
