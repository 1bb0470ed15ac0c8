import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { hoursAndMinutes } from '../../../core/base/durations';
import { formatBytes, formatCount } from '../../../core/base/numbers';
import { levelOf, nextResetAt, type Level } from '../../../core/hub/hubOverview';
import { icon } from '../icons';
import { type DataOf, type OverviewState } from '../api';
import { type OverviewPage } from '../page';
import { translated } from '../../shared/translated';
import { sectionView } from './parts';

/** Usage figures with meters. */
export function figuresView(page: OverviewPage, { sections }: OverviewState): TemplateResult {
  const { messages, devices, connected } = sections;
  return html`
    <div class="figures">
      ${messages ? sectionView(page, 'messages', l10n.t('Messages today'), messages, messagesView) : nothing}
      ${sectionView(page, 'devices', l10n.t('Devices'), devices, devicesView)}
      ${sectionView(page, 'connected', l10n.t('Connected devices'), connected, (data) => connectedView(data, devices.data))}
    </div>
  `;
}

const strong = (count: number) => html`<strong>${formatCount(count)}</strong>`;

function registrableText(count: number): string {
  if (count <= 0) return l10n.t('No more devices can be registered.');
  return count === 1
    ? l10n.t('Only 1 more device can be registered.')
    : l10n.t('Only {0} more devices can be registered.', formatCount(count));
}

function messagesView({ isReported, used, limit, meterBytes }: DataOf<'messages'>): TemplateResult {
  if (!isReported)
    return html`<p class="quiet">
      ${l10n.t('This hub does not report the number of messages received today.')}
    </p>`;
  const now = Date.now();
  const resetAt = nextResetAt(now);
  const unitText = l10n.t('Messages are counted in units of {0}.', formatBytes(meterBytes));
  if (limit <= 0) {
    return html`
      <p class="figure">${translated(l10n.t('{0} (no daily limit)'), strong(used))}</p>
      <p class="quiet">${l10n.t('Resets at 00:00 UTC.')} ${unitText}</p>
    `;
  }
  const level = levelOf(used, limit);
  return html`
    <p class="figure">${translated(l10n.t('{0} of {1} per day'), strong(used), formatCount(limit))}</p>
    ${meterView('messages-heading', used, limit, level)}
    ${level === 'fine' ? nothing : levelView(level, limit - used)}
    <p class="quiet">${l10n.t('Resets at 00:00 UTC, in {0}.', hoursAndMinutes(resetAt - now))} ${unitText}</p>
  `;
}

function levelView(level: Level, left: number): TemplateResult {
  return level === 'usedUp'
    ? html`<p class="problem error">
        ${icon('error')}<span
          >${l10n.t('Daily quota exceeded. The hub rejects device messages until 00:00 UTC.')}</span
        >
      </p>`
    : html`<p class="problem warning">
        ${icon('warning')}<span
          >${left === 1 ? l10n.t('Only 1 message left today.') : l10n.t('Only {0} messages left today.', formatCount(left))}</span
        >
      </p>`;
}

function devicesView({ total, enabled, disabled, limit }: DataOf<'devices'>): TemplateResult {
  const level = limit === null ? 'fine' : levelOf(total, limit);
  return html`
    <p class="figure">
      ${limit === null ? translated(l10n.t('{0} registered'), strong(total)) : translated(l10n.t('{0} of {1}'), strong(total), formatCount(limit))}
    </p>
    ${limit === null ? nothing : meterView('devices-heading', total, limit, level)}
    ${
      level === 'fine'
        ? nothing
        : html`<p class="problem ${level === 'usedUp' ? 'error' : 'warning'}">
            ${icon(level === 'usedUp' ? 'error' : 'warning')}<span
              >${registrableText((limit ?? 0) - total)}</span
            >
          </p>`
    }
    <p class="quiet">${l10n.t('{0} enabled, {1} disabled', formatCount(enabled), formatCount(disabled))}</p>
  `;
}

function connectedView(
  { count: connected }: DataOf<'connected'>,
  devices: DataOf<'devices'> | null,
): TemplateResult {
  return html`
    <p class="figure">
      ${devices ? translated(l10n.t('{0} of {1}'), strong(connected), formatCount(devices.total)) : strong(connected)}
    </p>
    ${devices && devices.total > 0 ? meterView('connected-heading', connected, devices.total, null) : nothing}
    <p class="quiet">${l10n.t('The count may be delayed by a few minutes.')}</p>
  `;
}

/** @param level `null` when a high value is not a warning */
function meterView(labelledBy: string, value: number, max: number, level: Level | null): TemplateResult {
  return html`<meter
    class="level-${level ?? 'fine'}"
    aria-labelledby=${labelledBy}
    aria-valuetext=${l10n.t('{0} of {1}', formatCount(value), formatCount(max))}
    min="0"
    max=${max}
    .value=${Math.min(value, max)}
  ></meter>`;
}
