import * as l10n from '@vscode/l10n';
import { itemList } from '../../core/base/lists';
import uPlot from 'uplot';
import { formatCount, formatMilliseconds } from '../../core/base/numbers';
import 'uplot/dist/uPlot.min.css';
import { type Point } from './api';

interface Curve {
  readonly label: string;
  /** CSS variable of a theme color. */
  readonly color: string;
  /** Distinguishes the curve without color. */
  readonly dash?: readonly number[];
  readonly value: (point: Point) => number | null;
  readonly text: (value: number) => string;
}

const perSecond = (value: number) => l10n.t('{0}/s', formatCount(value));

const rates = (): readonly Curve[] => [
  {
    label: l10n.t('Sent'),
    color: '--vscode-charts-blue',
    value: (point) => point.sentPerSecond,
    text: perSecond,
  },
  {
    label: l10n.t('Acknowledged'),
    color: '--vscode-charts-green',
    dash: [6, 3],
    value: (point) => point.acknowledgedPerSecond,
    text: perSecond,
  },
  {
    label: l10n.t('Failed'),
    color: '--vscode-charts-red',
    dash: [2, 2],
    value: (point) => point.failedPerSecond,
    text: perSecond,
  },
];
const latencies = (): readonly Curve[] => [
  { label: 'p50', color: '--vscode-charts-purple', value: (point) => point.p50, text: formatMilliseconds },
  {
    label: 'p99',
    color: '--vscode-charts-orange',
    dash: [6, 3],
    value: (point) => point.p99,
    text: formatMilliseconds,
  },
];

/** A chart with a legend of its latest values. */
class CurveChart {
  readonly element = document.createElement('figure');
  private readonly canvas = document.createElement('div');
  private readonly caption = document.createElement('figcaption');
  private plot: uPlot | undefined;
  private points: readonly Point[] = [];

  constructor(
    private readonly title: string,
    private readonly curves: readonly Curve[],
  ) {
    this.element.className = 'chart';
    this.canvas.setAttribute('role', 'img');
    this.element.append(this.caption, this.canvas);
    new ResizeObserver(() => this.resize()).observe(this.canvas);
  }

  show(points: readonly Point[]): void {
    if (points === this.points) return;
    this.points = points;
    if (points.length === 0 || this.canvas.clientWidth === 0) return;
    this.plot ??= this.create();
    this.plot.setData(this.data());
    const last = points.at(-1);
    const numbers = this.curves.map((curve) => {
      const value = last && curve.value(last);
      return `${curve.label} ${value === undefined || value === null ? '–' : curve.text(value)}`;
    });
    this.canvas.setAttribute('aria-label', l10n.t('{0}: {1}', this.title, itemList(numbers)));
    this.caption.replaceChildren(
      Object.assign(document.createElement('span'), { className: 'chart-title', textContent: this.title }),
      ...this.curves.map((curve, index) => this.key(curve, numbers[index] ?? '')),
    );
  }

  redraw(): void {
    this.plot?.destroy();
    this.plot = undefined;
    const { points } = this;
    this.points = [];
    this.show(points);
  }

  private key(curve: Curve, text: string): HTMLElement {
    const key = document.createElement('span');
    key.className = 'chart-key';
    const line = document.createElement('span');
    line.className = 'chart-line';
    line.style.borderTopColor = `var(${curve.color})`;
    line.style.borderTopStyle = curve.dash ? ((curve.dash[0] ?? 0) > 3 ? 'dashed' : 'dotted') : 'solid';
    key.append(line, text);
    return key;
  }

  private data(): uPlot.AlignedData {
    return [
      this.points.map(({ second }) => second),
      ...this.curves.map((curve) => this.points.map((point) => curve.value(point))),
    ];
  }

  private create(): uPlot {
    const style = getComputedStyle(document.body);
    const color = (name: string) => style.getPropertyValue(name).trim() || style.color;
    const font = `11px ${style.fontFamily}`;
    const axis = {
      stroke: color('--vscode-descriptionForeground'),
      font,
      // Fainter than the curves in every theme.
      grid: {
        stroke: `color-mix(in srgb, ${color('--vscode-descriptionForeground')} 20%, transparent)`,
        width: 1,
      },
      ticks: { show: false },
    };
    return new uPlot(
      {
        width: this.canvas.clientWidth,
        height: 130,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] } },
        axes: [
          { ...axis, size: 24, values: (_plot, seconds) => seconds.map((second) => l10n.t('{0} s', second)) },
          { ...axis, size: 48 },
        ],
        series: [
          {},
          ...this.curves.map((curve) => ({
            label: curve.label,
            stroke: color(curve.color),
            width: 1.5,
            points: { size: 4 },
            ...(curve.dash ? { dash: [...curve.dash] } : {}),
          })),
        ],
      },
      this.data(),
      this.canvas,
    );
  }

  private resize(): void {
    if (this.plot && this.canvas.clientWidth > 0) {
      this.plot.setSize({ width: this.canvas.clientWidth, height: 130 });
    } else if (this.points.length > 0) this.redraw();
  }
}

/** Rate and latency of the run. */
export class Charts {
  private readonly all = [
    new CurveChart(l10n.t('Messages per second'), rates()),
    new CurveChart(l10n.t('Acknowledgment latency'), latencies()),
  ] as const;

  get elements(): readonly HTMLElement[] {
    return this.all.map(({ element }) => element);
  }

  show(points: readonly Point[]): void {
    if (document.visibilityState === 'hidden') return;
    for (const chart of this.all) chart.show(points);
  }

  changeTheme(): void {
    for (const chart of this.all) chart.redraw();
  }
}
