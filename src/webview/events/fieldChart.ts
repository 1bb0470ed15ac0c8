import * as l10n from '@vscode/l10n';
import uPlot from 'uplot';
import { itemList } from '../../core/base/lists';
import { formatValue } from '../../core/base/numbers';
import { type Field, type Series } from './api';
import { Plot, theme } from './plot';
import { timeText } from './times';

const palette = ['blue', 'red', 'green', 'purple', 'orange', 'yellow'] as const;
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2]];

/** Color of a curve, and its dash, which distinguishes it without color. */
const curveStyle = (index: number) => ({
  color: `--vscode-charts-${palette[index % palette.length] ?? 'blue'}`,
  dash: dashes[Math.floor(index / palette.length) % dashes.length] ?? [],
});

/** Numeric fields by time: the mean of each interval, and a band from the lowest to the highest value. */
export class FieldChart extends Plot {
  readonly readout = document.createElement('div');
  private series: Series | null = null;
  private utc = true;
  private drawnFor = '';
  isZoomed = false;

  constructor(private readonly onZoom: () => void) {
    super(() => Math.max(160, this.element.clientHeight || 300), 'field-chart');
    this.readout.className = 'readout';
  }

  show(series: Series | null, utc: boolean): void {
    if (series === this.series && utc === this.utc) return;
    this.series = series;
    this.utc = utc;
    this.draw();
  }

  resetZoom(): void {
    this.zoom(false);
    this.draw();
  }

  private zoom(isZoomed: boolean): void {
    this.isZoomed = isZoomed;
    this.onZoom();
  }

  protected draw(): void {
    const { series } = this;
    if (!series || this.element.clientWidth === 0) return;
    const key = series.series.map(({ deviceId, path }) => `${deviceId}\n${path}`).join('\n\n');
    if (key !== this.drawnFor) {
      this.plot?.destroy();
      this.plot = undefined;
      this.drawnFor = key;
    }
    if (series.series.length === 0) return this.element.removeAttribute('aria-label');
    // A new plot, also after a change of theme, is not zoomed.
    if (!this.plot && this.isZoomed) this.zoom(false);
    this.plot ??= this.create(series.series);
    this.plot.setData(dataOf(series), false);
    if (!this.isZoomed) this.plot.setScale('x', { min: series.from / 1_000, max: series.to / 1_000 });
    else this.plot.redraw();
    this.element.setAttribute(
      'aria-label',
      itemList(
        series.series.map(({ deviceId, path, points }) => {
          const value = points.at(-1)?.[3];
          return `${deviceId} ${path}: ${value === undefined ? '–' : formatValue(value)}`;
        }),
      ),
    );
    this.showValues(this.plot.cursor.idx ?? undefined);
  }

  private create(fields: readonly Field[]): uPlot {
    const { color, axis } = theme();
    const hidden = { points: { show: false }, stroke: 'transparent', width: 0 };
    const plot = new uPlot(
      {
        ...this.size(),
        legend: { show: false },
        cursor: { drag: { x: true, y: false }, y: false },
        scales: { x: { time: true } },
        axes: [
          {
            ...axis,
            size: 24,
            values: (_plot, seconds) => seconds.map((at) => timeText(at * 1_000, this.utc).slice(0, 8)),
          },
          { ...axis, size: 60 },
        ],
        series: [
          {},
          ...fields.flatMap((_, index) => {
            const style = curveStyle(index);
            return [
              {
                stroke: color(style.color),
                width: 1.75,
                spanGaps: true,
                ...(style.dash.length > 0 ? { dash: [...style.dash] } : {}),
              },
              hidden,
              hidden,
            ];
          }),
        ],
        bands: fields.map((_, index) => ({
          series: [index * 3 + 2, index * 3 + 3] as [number, number],
          fill: `color-mix(in srgb, ${color(curveStyle(index).color)} 18%, transparent)`,
        })),
        hooks: {
          setCursor: [(plot) => this.showValues(plot.cursor.idx ?? undefined)],
          setSelect: [({ select }) => select.width > 0 && this.zoom(true)],
        },
      },
      [[], ...fields.flatMap(() => [[], [], []])],
      this.element,
    );
    plot.over.addEventListener('dblclick', () => this.resetZoom());
    return plot;
  }

  /** Shows the values under the pointer, or the latest. */
  private showValues(index: number | undefined): void {
    const { series, plot } = this;
    if (!series || !plot) return;
    const { color } = theme();
    const at = index === undefined ? undefined : plot.data[0][index];
    this.readout.replaceChildren(
      Object.assign(document.createElement('span'), {
        className: 'quiet',
        textContent: at === undefined ? l10n.t('Latest') : timeText(at * 1_000, this.utc),
      }),
      ...series.series.map(({ deviceId, path, points }, number) => {
        const value = at === undefined ? points.at(-1)?.[3] : plot.data[number * 3 + 1]?.[index ?? 0];
        const item = document.createElement('span');
        const line = document.createElement('span');
        line.className = 'line-sample';
        const style = curveStyle(number);
        line.style.borderTopColor = color(style.color);
        line.style.borderTopStyle =
          style.dash.length === 0 ? 'solid' : (style.dash[0] ?? 0) > 3 ? 'dashed' : 'dotted';
        item.append(
          line,
          `${deviceId} ${path}: ${value === null || value === undefined ? '–' : formatValue(value)}`,
        );
        return item;
      }),
    );
  }
}

/** One time axis for all curves, which have gaps where they have no value. */
function dataOf({ series }: Series): uPlot.AlignedData {
  const times = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort(
    (one, other) => one - other,
  );
  const columns = series.flatMap(({ points }) => {
    const byTime = new Map(points.map((point) => [point[0], point]));
    // Mean, highest, lowest: the band is between the last two.
    return [3, 2, 1].map((part) => times.map((at) => byTime.get(at)?.[part] ?? null));
  });
  return [times.map((at) => at / 1_000), ...columns];
}
