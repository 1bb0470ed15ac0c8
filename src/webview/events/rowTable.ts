import * as l10n from '@vscode/l10n';
import { type MessageRow } from './api';
import { fittingColumns, type Column } from './columns';
import { type EventsPage } from './page';

const rowHeight = 22;
/** Rows beyond the edges that are requested before they become visible. */
const overscan = 40;
/** Limit of the height of an element in browsers: above it, the scroll bar is scaled. */
const maxHeight = 4_000_000;

interface RowElement {
  readonly element: HTMLElement;
  readonly cells: HTMLElement[];
  key: string;
}

/** A table of any length: only the visible rows are in the document. */
export class RowTable {
  readonly element = document.createElement('div');
  private readonly header = document.createElement('div');
  private readonly view = document.createElement('div');
  private readonly body = document.createElement('div');
  private readonly bar = document.createElement('div');
  private readonly spacer = document.createElement('div');
  private readonly pool: RowElement[] = [];
  private columns: readonly Column[] = [];
  private columnKey = '';
  /** Ordinal at the top edge, with a fraction. */
  private top = 0;
  private ignoredScroll = -1;
  private height = 0;
  /** Width of a row, in characters. */
  private characters = Infinity;
  /** Ordinal to select as soon as its row has been read. */
  private wanted: number | undefined;

  constructor(
    private readonly page: EventsPage,
    private readonly changed: () => void,
  ) {
    this.element.className = 'grid';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'grid');
    this.element.setAttribute('aria-label', l10n.t('Messages'));
    this.header.className = 'grid-header';
    this.header.setAttribute('role', 'row');
    this.header.setAttribute('aria-rowindex', '1');
    this.view.className = 'grid-view';
    this.view.setAttribute('role', 'rowgroup');
    this.body.className = 'grid-body';
    this.body.setAttribute('role', 'presentation');
    this.bar.className = 'grid-bar';
    this.bar.tabIndex = -1;
    this.bar.setAttribute('aria-hidden', 'true');
    this.bar.append(this.spacer);
    this.view.append(this.body);
    this.element.append(this.header, this.view, this.bar);
    this.view.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    this.bar.addEventListener('scroll', () => this.onScroll());
    this.element.addEventListener('keydown', (event) => this.onKey(event));
    this.body.addEventListener('mousedown', (event) => this.onPress(event));
    this.body.addEventListener('dblclick', () => {
      const { selected } = page;
      if (selected) page.post('openBody', { index: selected.index, form: 'formatted' });
    });
    new ResizeObserver(() => {
      this.height = this.view.clientHeight;
      const { fontSize, paddingLeft } = getComputedStyle(this.header);
      // A character of a monospace font is about 0.6 em wide.
      this.characters = (this.view.clientWidth - 2 * parseFloat(paddingLeft)) / (parseFloat(fontSize) * 0.6);
      changed();
    }).observe(this.view);
    page.onPosition = (ordinal) => {
      page.isFollowing = false;
      this.moveTo(ordinal);
    };
  }

  /** Whether all rows are visible without scrolling. */
  get isAllVisible(): boolean {
    const { end, state } = this.page;
    return (end - (state?.from ?? 0)) * rowHeight <= this.height;
  }

  draw(): void {
    const { page } = this;
    const { state } = page;
    if (!state || this.height === 0) return;
    this.drawHeader();
    const visible = Math.ceil(this.height / rowHeight) + 1;
    const whole = Math.floor(this.height / rowHeight);
    const last = Math.max(state.from, page.end - whole);
    if (page.isFollowing) {
      page.requestRows(last, page.end);
      // The previous rows stay until the newest have been read.
      if (page.has(Math.max(last, state.from), page.end)) this.top = last;
    }
    this.top = Math.min(Math.max(this.top, state.from), last);
    const first = Math.floor(this.top);
    this.selectWanted();
    if (!page.isFollowing) page.requestRows(first - overscan, Math.min(first + visible + overscan, page.end));
    this.drawRows(first, Math.min(visible, Math.max(0, page.end - first)));
    this.body.style.transform = `translateY(${-Math.round((this.top - first) * rowHeight)}px)`;
    this.drawBar(page.end - state.from, last - state.from);
    this.element.setAttribute('aria-rowcount', String(page.end - state.from + 1));
  }

  private drawHeader(): void {
    const columns = fittingColumns(this.page.columns, this.characters);
    const key = columns.map(({ id }) => id).join();
    if (key === this.columnKey) return;
    this.columnKey = key;
    this.columns = columns;
    this.element.style.setProperty('--columns', this.columns.map(({ width }) => width).join(' '));
    this.header.replaceChildren(
      ...this.columns.map(({ label, isRight }, index) => {
        const cell = document.createElement('div');
        cell.className = isRight ? 'right' : '';
        cell.setAttribute('role', 'columnheader');
        cell.setAttribute('aria-colindex', String(index + 1));
        cell.textContent = label;
        return cell;
      }),
    );
    this.pool.length = 0;
    this.body.replaceChildren();
  }

  private drawRows(first: number, count: number): void {
    while (this.pool.length < count) this.pool.push(this.addRow(this.pool.length));
    this.pool.forEach((row, index) => {
      row.element.hidden = index >= count;
      if (index < count) this.fill(row, first + index);
    });
    const { selected } = this.page;
    const inSight = selected && selected.ordinal >= first && selected.ordinal < first + count;
    if (inSight) this.element.setAttribute('aria-activedescendant', `row-${selected.ordinal - first}`);
    else this.element.removeAttribute('aria-activedescendant');
  }

  private fill(row: RowElement, ordinal: number): void {
    const { rows, selected, state } = this.page;
    const data = rows.get(ordinal);
    const isSelected = selected?.ordinal === ordinal;
    const key = `${ordinal}/${data ? data.index : '?'}/${String(isSelected)}/${String(state?.utc)}`;
    if (row.key === key) return;
    row.key = key;
    row.element.dataset['ordinal'] = String(ordinal);
    row.element.setAttribute('aria-rowindex', String(ordinal - (state?.from ?? 0) + 2));
    row.element.setAttribute('aria-selected', String(isSelected));
    row.element.classList.toggle('odd', ordinal % 2 !== 0);
    row.cells.forEach((cell, index) => {
      cell.textContent = this.textOf(data, this.columns[index], state?.utc ?? true);
    });
  }

  private textOf(row: MessageRow | undefined, column: Column | undefined, utc: boolean): string {
    return row && column ? column.text(row, utc) : '';
  }

  private addRow(index: number): RowElement {
    const element = document.createElement('div');
    element.className = 'grid-row';
    element.id = `row-${index}`;
    element.setAttribute('role', 'row');
    const cells = this.columns.map(({ id, isRight }, index) => {
      const cell = document.createElement('div');
      cell.className = `cell-${id}${isRight ? ' right' : ''}`;
      cell.setAttribute('role', 'gridcell');
      cell.setAttribute('aria-colindex', String(index + 1));
      return cell;
    });
    element.append(...cells);
    this.body.append(element);
    return { element, cells, key: '' };
  }

  private drawBar(total: number, scrollable: number): void {
    const height = Math.min(total * rowHeight, maxHeight);
    this.spacer.style.height = `${height}px`;
    const room = height - this.bar.clientHeight;
    const at = scrollable > 0 ? ((this.top - (this.page.state?.from ?? 0)) / scrollable) * room : 0;
    if (Math.abs(this.bar.scrollTop - at) < 1) return;
    this.bar.scrollTop = at;
    this.ignoredScroll = this.bar.scrollTop;
  }

  private onScroll(): void {
    // Set by the table, not by the user.
    if (Math.abs(this.bar.scrollTop - this.ignoredScroll) < 1) return;
    this.ignoredScroll = -1;
    const { state, end } = this.page;
    if (!state) return;
    const room = this.spacer.clientHeight - this.bar.clientHeight;
    const scrollable = Math.max(0, end - Math.floor(this.height / rowHeight) - state.from);
    this.moveTo(state.from + (room > 0 ? this.bar.scrollTop / room : 0) * scrollable);
  }

  private onWheel(event: WheelEvent): void {
    if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * rowHeight : event.deltaY;
    this.moveTo(this.top + pixels / rowHeight);
  }

  /** Scrolling to the end starts following, unless the view is paused. */
  private moveTo(top: number): void {
    const { page } = this;
    if (!page.state) return;
    this.wanted = undefined;
    const last = Math.max(page.state.from, page.end - Math.floor(this.height / rowHeight));
    this.top = Math.min(Math.max(top, page.state.from), last);
    page.isFollowing = !page.isPaused && top >= last - 0.5;
    this.changed();
  }

  private onPress(event: MouseEvent): void {
    this.wanted = undefined;
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('.grid-row') : null;
    if (row?.dataset['ordinal'] !== undefined) this.page.select(Number(row.dataset['ordinal']));
  }

  private onKey(event: KeyboardEvent): void {
    const { page } = this;
    if (!page.state || event.ctrlKey || event.metaKey || event.altKey) return;
    const whole = Math.max(1, Math.floor(this.height / rowHeight) - 1);
    const current = this.wanted ?? page.selected?.ordinal ?? Math.floor(this.top) - 1;
    const goals: Readonly<Record<string, number>> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + whole,
      PageUp: current - whole,
      Home: page.state.from,
      End: page.end - 1,
    };
    const goal = goals[event.key];
    if (goal !== undefined) {
      event.preventDefault();
      this.choose(Math.min(Math.max(goal, page.state.from), page.end - 1));
    } else if (event.key === 'Enter' && page.selected) {
      page.post('openBody', { index: page.selected.index, form: 'formatted' });
    } else if (event.key === ' ') {
      event.preventDefault();
      page.togglePause();
    } else if (event.key === 'Escape') page.closeDetail();
  }

  /** Scrolls to a row and selects it. */
  private choose(ordinal: number): void {
    const { page } = this;
    const whole = Math.floor(this.height / rowHeight);
    page.isFollowing = false;
    if (ordinal < this.top) this.top = ordinal;
    if (ordinal >= this.top + whole) this.top = ordinal - whole + 1;
    this.wanted = ordinal;
    if (!page.rows.has(ordinal)) page.requestRows(ordinal - overscan, ordinal + overscan);
    this.selectWanted();
    this.changed();
  }

  private selectWanted(): void {
    const { page, wanted } = this;
    if (wanted === undefined) return;
    if (page.isFollowing || wanted >= page.end || wanted < (page.state?.from ?? 0)) this.wanted = undefined;
    else if (page.rows.has(wanted)) {
      this.wanted = undefined;
      page.select(wanted);
    }
  }
}
