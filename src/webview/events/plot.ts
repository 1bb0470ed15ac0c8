import type uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** Some themes have a translucent orange, which takes the color of what is below it. */
const opaque = (color: string) =>
  color.replace(/^(#[\da-f]{6})[\da-f]{2}$/i, '$1').replace(/^rgba\((.+),[^,]+\)$/, 'rgb($1)');

/** Colors of the theme, and the look of an axis. */
export function theme() {
  const style = getComputedStyle(document.body);
  const color = (name: string) => opaque(style.getPropertyValue(name).trim() || style.color);
  const font = `11px ${style.fontFamily}`;
  const quiet = color('--vscode-descriptionForeground');
  const axis = {
    stroke: quiet,
    font,
    grid: { stroke: `color-mix(in srgb, ${quiet} 18%, transparent)`, width: 1 },
    ticks: { show: false },
  };
  return { color, axis };
}

/** A chart of uPlot that follows the size of its element and the theme. */
export abstract class Plot {
  readonly element = document.createElement('div');
  protected plot: uPlot | undefined;

  constructor(
    private readonly height: () => number,
    className: string,
  ) {
    this.element.className = className;
    this.element.setAttribute('role', 'img');
    new ResizeObserver(() => this.resize()).observe(this.element);
  }

  changeTheme(): void {
    this.plot?.destroy();
    this.plot = undefined;
    this.draw();
  }

  protected size() {
    return { width: Math.max(50, this.element.clientWidth), height: this.height() };
  }

  protected abstract draw(): void;

  private resize(): void {
    if (this.element.clientWidth === 0) return;
    if (this.plot) this.plot.setSize(this.size());
    else this.draw();
  }
}
