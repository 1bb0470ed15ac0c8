import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { valueOf } from '../shared/formEvents';
import { type Field } from './api';
import { type FieldChart } from './fieldChart';
import { type EventsPage } from './page';

/** The list of fields, and their chart. */
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
  // Sorted by id, so that the order does not change with each message.
  const deviceIds = page.devices
    .map(({ deviceId }) => deviceId)
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  const paths = page.paths.get(device) ?? [];
  const filled = page.series?.filled ?? 1;
  const isCharted = (path: string) =>
    page.fields.some((field) => field.deviceId === device && field.path === path);
  return html`
    <div class="chart-panel">
      <div class="chart-choice">
        <label for="chart-device">${l10n.t('Device')}</label>
        <select
          id="chart-device"
          class="select"
          @change=${(event: Event) => page.chooseChartDevice(valueOf(event))}
        >
          ${deviceIds.map((id) => html`<option value=${id} .selected=${id === device}>${id}</option>`)}
        </select>
        <fieldset>
          <legend>${l10n.t('Numeric fields')}</legend>
          ${
            paths.length === 0
              ? html`<p class="quiet">
                  ${device === '' ? l10n.t('No devices have sent messages yet.') : l10n.t('This device has not sent numeric fields yet.')}
                  <button
                    class="link"
                    @click=${() => page.chooseChartDevice(device)}
                    ?hidden=${device === ''}
                  >
                    ${l10n.t('Refresh')}
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
        ${page.fields.length > 0 ? html`<button class="link" @click=${() => page.setFields([])}>${l10n.t('Clear chart')}</button>` : nothing}
      </div>
      <div class="chart-main">
        ${page.fields.length === 0 ? html`<div class="empty"><p>${l10n.t('Select fields of one or more devices to chart them over time.')}</p></div>` : html`${chart.readout}<button class="link zoom" ?hidden=${!chart.isZoomed} @click=${() => chart.resetZoom()}>${l10n.t('Reset zoom')}</button>`}
        ${filled < 1 ? html`<p class="quiet filling" role="status">${l10n.t('Reading older messages: {0}%', Math.floor(filled * 100))}</p>` : nothing}
        ${chart.element}
      </div>
    </div>
  `;
}

function toggled(fields: readonly Field[], field: Field): readonly Field[] {
  const others = fields.filter(({ deviceId, path }) => deviceId !== field.deviceId || path !== field.path);
  return others.length < fields.length ? others : [...fields, field].slice(-20);
}
