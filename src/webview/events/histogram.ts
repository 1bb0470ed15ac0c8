import * as l10n from '@vscode/l10n';
import uPlot from 'uplot';
import { formatCount } from '../../core/base/numbers';
import { type Rates } from './api';
import { Plot, theme } from './plot';
import { timeText } from './times';

/** Messages by time: all, and those that match the filter. A click goes to its time. */
export class Histogram extends Plot {
  private rates: Rates | null = null;
  private utc = true;

  constructor(private readonly onTime: (at: number) => void) {
    super(() => 72, 'histogram');
  }

  show(rates: Rates | null, utc: boolean): void {
    if (rates === this.rates && utc === this.utc) return;
    this.rates = rates;
    this.utc = utc;
    this.draw();
  }

  protected draw(): void {
    const { rates } = this;
    if (!rates || this.element.clientWidth === 0) return;
    this.plot ??= this.create();
    const step = (rates.to - rates.from) / Math.max(1, rates.all.length);
    const max = Math.max(0, ...rates.all);
    this.plot.setData([
      rates.all.map((_, index) => (rates.from + (index + 0.5) * step) / 1_000),
      [...rates.all],
      // A small share of many messages stays visible.
      rates.fitting?.map((value) => value && Math.max(value, max * 0.07)) ?? rates.all.map(() => null),
    ]);
    const minutes = Math.round((rates.to - rates.from) / 60_000);
    const numbers = [sumText(rates.all), minutes, formatCount(max), step / 1_000] as const;
    this.element.setAttribute(
      'aria-label',
      rates.fitting
        ? l10n.t(
            'Messages in the last {1} minutes: {0}, of which {4} match the filter. Maximum in {3} seconds: {2}',
            ...numbers,
            sumText(rates.fitting),
          )
        : l10n.t('Messages in the last {1} minutes: {0}. Maximum in {3} seconds: {2}', ...numbers),
    );
  }

  private create(): uPlot {
    const { color, axis } = theme();
    const bars = uPlot.paths.bars?.({ size: [0.9, 12], align: 0 });
    const series = (label: string, fill: string) => ({
      label,
      fill,
      stroke: fill,
      width: 0,
      points: { show: false },
      ...(bars ? { paths: bars } : {}),
    });
    const plot: uPlot = new uPlot(
      {
        ...this.size(),
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
        scales: { x: { time: true }, y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.05)] } },
        axes: [
          { ...axis, size: 22, values: (_plot, seconds) => seconds.map((at) => this.label(at)) },
          { ...axis, size: 52, splits: (_plot, _axis, _min, max) => [0, roundBelow(max)] },
        ],
        series: [
          {},
          series('all', color('--vscode-charts-blue')),
          series('fitting', color('--vscode-charts-orange')),
        ],
      },
      [[], [], []],
      this.element,
    );
    plot.over.addEventListener('click', () => {
      const { left } = plot.cursor;
      if (left !== undefined && left >= 0) this.onTime(plot.posToVal(left, 'x') * 1_000);
    });
    return plot;
  }

  private label(seconds: number): string {
    return timeText(seconds * 1_000, this.utc).slice(0, 8);
  }
}

const sumText = (values: readonly number[]) => formatCount(values.reduce((total, value) => total + value, 0));

/** Rounded down to two digits, so that the label is short and below the upper edge. */
function roundBelow(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.floor(value / step) * step;
}
