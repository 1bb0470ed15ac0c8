import { html, nothing, type TemplateResult } from 'lit';
import { agoText } from '../../core/base/durations';
import { formatBytes, formatCount } from '../../core/base/numbers';
import { type EventsPage } from './page';

/** When each device was last seen, and how much it sent. */
export function devicesView(page: EventsPage, total: number): TemplateResult {
  const now = Date.now();
  if (page.devices.length === 0)
    return html`<div class="empty"><p>No device has sent anything yet.</p></div>`;
  const most = Math.max(...page.devices.map((device) => device.count));
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Devices, last seen first">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Device</th>
            <th scope="col">Last seen</th>
            <th scope="col" class="right">Messages</th>
            <th scope="col" class="right">Bytes</th>
            <th scope="col"><span class="visually-hidden">Share</span></th>
            <th scope="col"><span class="visually-hidden">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${page.devices.map(
            (device) => html`
              <tr>
                <td>${device.deviceId === '' ? '(unknown)' : device.deviceId}</td>
                <td title=${new Date(device.lastAt).toISOString()}>${agoText(now - device.lastAt, 2_000)}</td>
                <td class="right">${formatCount(device.count)}</td>
                <td class="right">${formatBytes(device.bytes)}</td>
                <td>
                  <meter
                    min="0"
                    max=${most}
                    .value=${device.count}
                    aria-label="Share of ${device.deviceId}"
                  ></meter>
                </td>
                <td>
                  <button
                    class="link"
                    aria-label="Show only messages of ${device.deviceId}"
                    @click=${() => {
                      page.search(`device:"${device.deviceId}"`, true);
                      page.show('messages');
                    }}
                  >
                    Messages
                  </button>
                  <button
                    class="link"
                    aria-label="Chart ${device.deviceId}"
                    @click=${() => {
                      page.chooseChartDevice(device.deviceId);
                      page.show('chart');
                    }}
                  >
                    Chart
                  </button>
                </td>
              </tr>
            `,
          )}
        </tbody>
      </table>
      ${total > page.devices.length ? html`<p class="quiet">${formatCount(total - page.devices.length)} more devices sent earlier.</p>` : nothing}
    </div>
  `;
}
