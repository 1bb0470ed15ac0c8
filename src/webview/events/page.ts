import * as v from 'valibot';
import { type Handlers, type Post, poster, type SavedState, savedStateSchema } from '../protocol';
import { type VsCodeApi } from '../shared/vscodeApi';
import {
  contract,
  toHost,
  type Detail,
  type DeviceRow,
  type Field,
  type MessageRow,
  type Rates,
  type Series,
  type Span,
  type Tab,
  type toPage,
  type ViewState,
} from './api';
import { defaultColumns } from './columns';

/** Rows that the page keeps. Others are requested again when they become visible. */
const keptRows = 3_000;
/** Time after which unanswered rows are requested again. */
const answerMs = 1_000;
const searchMs = 250;

/** State and actions of the page, which the views draw and call. Does not access the DOM. */
export class EventsPage {
  state: ViewState | null = null;
  tab: Tab = 'messages';
  minutes: Span = 5;
  fields: readonly Field[] = [];
  columns: readonly string[] = defaultColumns;
  isFollowing = true;
  /** Ordinal after the last row that is shown while the view is paused. */
  pausedAt: number | null = null;
  selected: { readonly ordinal: number; readonly index: number } | null = null;
  detail: { readonly index: number; readonly detail: Detail | null } | null = null;
  rates: Rates | null = null;
  devices: readonly DeviceRow[] = [];
  series: Series | null = null;
  /** Content of the filter box. */
  searchText = '';
  chartDevice = '';
  readonly paths = new Map<string, readonly string[]>();
  readonly rows = new Map<number, MessageRow>();
  readonly post: Post<typeof toHost>;
  /** Called with the ordinal to scroll to. */
  onPosition: (ordinal: number) => void = () => undefined;

  #asked = new Map<string, number>();
  #searchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: VsCodeApi,
    private readonly changed: () => void,
  ) {
    this.post = poster(toHost, (message) => api.postMessage(message));
    const saved = v.safeParse(savedStateSchema(contract.view), api.getState());
    if (!saved.success) return;
    const { filter, tab, minutes, fields, columns } = saved.output.view;
    this.searchText = filter;
    Object.assign(this, { tab, minutes, fields, columns });
  }

  readonly handlers: Handlers<typeof toPage> = {
    state: (state) => {
      if (state.generation !== this.state?.generation) this.#forgetRows();
      this.state = state;
      this.#save();
      this.changed();
    },
    rows: ({ generation, rows }) => {
      if (generation !== this.state?.generation) return;
      for (const row of rows) {
        this.rows.delete(row.ordinal);
        this.rows.set(row.ordinal, row);
      }
      for (const ordinal of this.rows.keys()) {
        if (this.rows.size <= keptRows) break;
        this.rows.delete(ordinal);
      }
      this.#asked.clear();
      this.changed();
    },
    detail: (detail) => {
      if (detail.index !== this.selected?.index) return;
      this.detail = detail;
      this.changed();
    },
    position: ({ generation, ordinal }) => {
      if (generation === this.state?.generation) this.onPosition(ordinal);
    },
    rates: (rates) => {
      this.rates = rates;
      this.changed();
    },
    devices: ({ devices }) => {
      this.devices = devices;
      this.changed();
    },
    fields: ({ deviceId, paths }) => {
      this.paths.set(deviceId, paths);
      this.changed();
    },
    series: (series) => {
      this.series = series;
      this.changed();
    },
  };

  /** Posts the search and the view that were restored. */
  restoreView(): void {
    if (this.searchText !== '') this.post('search', { text: this.searchText });
    this.#look();
  }

  /** Ordinal after the last row that is shown. */
  get end(): number {
    return this.pausedAt ?? this.state?.to ?? 0;
  }

  get isPaused(): boolean {
    return this.pausedAt !== null;
  }

  /** Rows that arrived while the view is paused. */
  get waiting(): number {
    return this.pausedAt === null || !this.state ? 0 : this.state.to - this.pausedAt;
  }

  /** Only a running monitor can be paused. */
  get canTogglePause(): boolean {
    return this.isPaused || this.state?.isRunning === true;
  }

  togglePause(): void {
    if (!this.canTogglePause) return;
    this.pausedAt = this.isPaused ? null : (this.state?.to ?? 0);
    this.changed();
  }

  follow(): void {
    this.isFollowing = true;
    this.pausedAt = null;
    this.changed();
  }

  /** Requests the missing rows of a range. */
  requestRows(from: number, to: number): void {
    const { state } = this;
    if (!state) return;
    let first = Math.max(from, state.from);
    const last = Math.min(to, state.to);
    while (first < last && this.rows.has(first)) first++;
    if (first >= last) return;
    const key = `${first}`;
    const now = performance.now();
    if (now - (this.#asked.get(key) ?? -answerMs) < answerMs) return;
    this.#asked.set(key, now);
    this.post('read', { generation: state.generation, from: first, count: Math.min(500, last - first) });
  }

  has(from: number, to: number): boolean {
    for (let ordinal = from; ordinal < to; ordinal++) if (!this.rows.has(ordinal)) return false;
    return true;
  }

  select(ordinal: number): void {
    const row = this.rows.get(ordinal);
    if (!row) return;
    this.selected = { ordinal, index: row.index };
    this.isFollowing = false;
    if (this.detail?.index !== row.index) this.post('detail', { index: row.index });
    this.changed();
  }

  closeDetail(): void {
    this.selected = null;
    this.detail = null;
    this.changed();
  }

  search(text: string, now = false): void {
    this.searchText = text;
    clearTimeout(this.#searchTimer);
    const send = () => this.post('search', { text });
    if (now) send();
    else this.#searchTimer = setTimeout(send, searchMs);
    this.changed();
  }

  show(tab: Tab): void {
    this.tab = tab;
    this.#look();
  }

  setMinutes(minutes: Span): void {
    this.minutes = minutes;
    this.#look();
  }

  setFields(fields: readonly Field[]): void {
    this.fields = fields;
    this.#look();
  }

  chooseChartDevice(deviceId: string): void {
    this.chartDevice = deviceId;
    this.post('fieldsOf', { deviceId });
    this.changed();
  }

  toggleColumn(id: string): void {
    const next = this.columns.includes(id)
      ? this.columns.filter((other) => other !== id)
      : [...this.columns, id];
    if (next.length > 0) this.columns = next;
    this.#save();
    this.changed();
  }

  #look(): void {
    this.post('look', { tab: this.tab, minutes: this.minutes, fields: [...this.fields] });
    this.#save();
    this.changed();
  }

  #forgetRows(): void {
    this.rows.clear();
    this.#asked.clear();
    this.selected = null;
    this.detail = null;
    this.pausedAt = null;
    this.isFollowing = true;
  }

  #save(): void {
    if (!this.state) return;
    const { tab, minutes, fields, columns } = this;
    const { hub, source, filter } = this.state;
    const saved: SavedState<typeof contract.view> = {
      hub,
      view: { source, filter, tab, minutes, fields: [...fields], columns: [...columns] },
    };
    this.api.setState(saved);
  }
}
