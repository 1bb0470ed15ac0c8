import { html, nothing, type TemplateResult } from 'lit';
import { valueOf } from '../shared/formEvents';
import { type Field } from './api';
import { type FieldChart } from './charts';
import { type EventsPage } from './page';

/** The choice of fields, and their chart. */
export function chartView({
  page,
  chart,
}: {
  readonly page: EventsPage;
  readonly chart: FieldChart;
}): TemplateResult {
  const device = page.chartDevice || (page.devices[0]?.deviceId ?? '');
  if (device !== '' && !page.paths.has(device)) {
    page.paths.set(device, []);
    queueMicrotask(() => page.chooseChartDevice(device));
  }
  // In an order that stays, not as they send.
  const deviceIds = page.devices
    .map(({ deviceId }) => deviceId)
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  const paths = page.paths.get(device) ?? [];
  const filled = page.series?.filled ?? 1;
  const isCharted = (path: string) =>
    page.fields.some((field) => field.deviceId === device && field.path === path);
  return html`
    <div class="chart-place">
      <div class="chart-choice">
        <label for="chart-device">Device</label>
        <select
          id="chart-device"
          class="select"
          @change=${(event: Event) => page.chooseChartDevice(valueOf(event))}
        >
          ${deviceIds.map((id) => html`<option value=${id} .selected=${id === device}>${id}</option>`)}
        </select>
        <fieldset>
          <legend>Fields with numbers</legend>
          ${
            paths.length === 0
              ? html`<p class="quiet">
                  ${device === '' ? 'No device has sent anything yet.' : 'None seen yet in the bodies of this device.'}
                  <button
                    class="link"
                    @click=${() => page.chooseChartDevice(device)}
                    ?hidden=${device === ''}
                  >
                    Look again
                  </button>
                </p>`
              : paths.map(
                  (path) => html`
                    <label class="check">
                      <input
                        type="checkbox"
                        .checked=${isCharted(path)}
                        @change=${() => page.setFields(toggled(page.fields, { deviceId: device, path }))}
                      />${path}
                    </label>
                  `,
                )
          }
        </fieldset>
        ${page.fields.length > 0 ? html`<button class="link" @click=${() => page.setFields([])}>Clear chart</button>` : nothing}
      </div>
      <div class="chart-main">
        ${page.fields.length === 0 ? html`<div class="empty"><p>Choose fields of one device or of several to see them over time.</p></div>` : html`${chart.readout}<button class="link zoom" ?hidden=${!chart.isZoomed} @click=${() => chart.resetZoom()}>Whole span</button>`}
        ${filled < 1 ? html`<p class="quiet filling" role="status">Looking through older messages: ${Math.floor(filled * 100)} %</p>` : nothing}
        ${chart.element}
      </div>
    </div>
  `;
}

function toggled(fields: readonly Field[], field: Field): readonly Field[] {
  const others = fields.filter(({ deviceId, path }) => deviceId !== field.deviceId || path !== field.path);
  return others.length < fields.length ? others : [...fields, field].slice(-20);
}
