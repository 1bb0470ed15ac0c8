import { html, nothing, type TemplateResult } from 'lit';
import { hoursAndMinutes } from '../../../core/base/durations';
import { counted, formatBytes, formatCount } from '../../../core/base/numbers';
import { levelOf, nextResetAt, type Level } from '../../../core/hub/hubOverview';
import { icon } from '../icons';
import { type DataOf, type OverviewState } from '../api';
import { type OverviewPage } from '../page';
import { sectionView } from './parts';

/** What people look at rather than read. */
export function figuresView(page: OverviewPage, { sections }: OverviewState): TemplateResult {
  const { messages, devices, connected } = sections;
  return html`
    <div class="figures">
      ${messages ? sectionView(page, 'messages', 'Messages today', messages, messagesView) : nothing}
      ${sectionView(page, 'devices', 'Devices', devices, devicesView)}
      ${sectionView(page, 'connected', 'Connected devices', connected, (data) => connectedView(data, devices.data))}
    </div>
  `;
}

function messagesView({ isTold, used, limit, meterBytes }: DataOf<'messages'>): TemplateResult {
  if (!isTold) return html`<p class="quiet">The hub does not tell how many messages it took today.</p>`;
  const now = Date.now();
  const resetAt = nextResetAt(now);
  const metered = `A message counts once for each ${formatBytes(meterBytes)}.`;
  if (limit <= 0) {
    return html`
      <p class="figure"><strong>${formatCount(used)}</strong> without a daily limit</p>
      <p class="quiet">Counted from 00:00 UTC. ${metered}</p>
    `;
  }
  const level = levelOf(used, limit);
  return html`
    <p class="figure"><strong>${formatCount(used)}</strong> of ${formatCount(limit)} a day</p>
    ${meterView('messages-heading', used, limit, level)}
    ${level === 'fine' ? nothing : levelView(level, limit - used)}
    <p class="quiet">Begins anew at 00:00 UTC, in ${hoursAndMinutes(resetAt - now)}. ${metered}</p>
  `;
}

function levelView(level: Level, left: number): TemplateResult {
  return level === 'usedUp'
    ? html`<p class="problem error">
        ${icon('error')}<span>Used up: the hub takes no messages of devices until 00:00 UTC.</span>
      </p>`
    : html`<p class="problem warning">
        ${icon('warning')}<span>Only ${counted(left, 'message')} left today.</span>
      </p>`;
}

function devicesView({ total, enabled, disabled, limit }: DataOf<'devices'>): TemplateResult {
  const level = limit === null ? 'fine' : levelOf(total, limit);
  return html`
    <p class="figure">
      <strong>${formatCount(total)}</strong>
      ${limit === null ? 'registered' : `of at most ${formatCount(limit)}`}
    </p>
    ${limit === null ? nothing : meterView('devices-heading', total, limit, level)}
    ${
      level === 'fine'
        ? nothing
        : html`<p class="problem ${level === 'usedUp' ? 'error' : 'warning'}">
            ${icon(level === 'usedUp' ? 'error' : 'warning')}<span
              >${level === 'usedUp' ? 'No more devices can be registered.' : `Only ${formatCount((limit ?? 0) - total)} more can be registered.`}</span
            >
          </p>`
    }
    <p class="quiet">${formatCount(enabled)} enabled, ${formatCount(disabled)} disabled</p>
  `;
}

function connectedView(
  { count: connected }: DataOf<'connected'>,
  devices: DataOf<'devices'> | null,
): TemplateResult {
  return html`
    <p class="figure">
      <strong>${formatCount(connected)}</strong>${devices ? html` of ${formatCount(devices.total)}` : nothing}
    </p>
    ${devices && devices.total > 0 ? meterView('connected-heading', connected, devices.total, null) : nothing}
    <p class="quiet">The hub may be some minutes behind.</p>
  `;
}

/** @param level `null` when much is nothing to warn of */
function meterView(labelledBy: string, value: number, max: number, level: Level | null): TemplateResult {
  return html`<meter
    class="level-${level ?? 'fine'}"
    aria-labelledby=${labelledBy}
    aria-valuetext="${formatCount(value)} of ${formatCount(max)}"
    min="0"
    max=${max}
    .value=${Math.min(value, max)}
  ></meter>`;
}
