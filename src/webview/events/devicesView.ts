import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { agoText } from '../../core/base/durations';
import { formatBytes, formatCount } from '../../core/base/numbers';
import { type EventsPage } from './page';

/** When each device was last seen, and how much it has sent. */
export function devicesView(page: EventsPage, total: number): TemplateResult {
  const now = Date.now();
  if (page.devices.length === 0)
    return html`<div class="empty"><p>${l10n.t('No devices have sent messages yet.')}</p></div>`;
  const maxCount = Math.max(...page.devices.map((device) => device.count));
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${l10n.t('Devices, last seen first')}>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">${l10n.t('Device')}</th>
            <th scope="col">${l10n.t('Last seen')}</th>
            <th scope="col" class="right">${l10n.t('Messages')}</th>
            <th scope="col" class="right">${l10n.t('Total size')}</th>
            <th scope="col">${l10n.t('Relative count')}</th>
            <th scope="col"><span class="visually-hidden">${l10n.t('Actions')}</span></th>
          </tr>
        </thead>
        <tbody>
          ${page.devices.map(
            (device) => html`
              <tr>
                <td>${device.deviceId === '' ? l10n.t('(unknown)') : device.deviceId}</td>
                <td title=${new Date(device.lastAt).toISOString()}>${agoText(now - device.lastAt, 2_000)}</td>
                <td class="right">${formatCount(device.count)}</td>
                <td class="right">${formatBytes(device.bytes)}</td>
                <td>
                  <meter
                    min="0"
                    max=${maxCount}
                    .value=${device.count}
                    aria-label=${l10n.t('Relative count of {0}', device.deviceId)}
                  ></meter>
                </td>
                <td>
                  <button
                    class="link"
                    aria-label=${l10n.t('Show messages of {0}', device.deviceId)}
                    @click=${() => {
                      page.search(`device:"${device.deviceId}"`, true);
                      page.show('messages');
                    }}
                  >
                    ${l10n.t('Show Messages')}
                  </button>
                  <button
                    class="link"
                    aria-label=${l10n.t('Show chart of {0}', device.deviceId)}
                    @click=${() => {
                      page.chooseChartDevice(device.deviceId);
                      page.show('chart');
                    }}
                  >
                    ${l10n.t('Show Chart')}
                  </button>
                </td>
              </tr>
            `,
          )}
        </tbody>
      </table>
      ${moreView(total - page.devices.length)}
    </div>
  `;
}

function moreView(count: number): TemplateResult | typeof nothing {
  if (count <= 0) return nothing;
  const text =
    count === 1
      ? l10n.t('1 more device sent messages earlier.')
      : l10n.t('{0} more devices sent messages earlier.', formatCount(count));
  return html`<p class="quiet">${text}</p>`;
}
