import * as vscode from 'vscode';
import { isAbort } from '../../../../core/base/abort';
import { DisposableStore, toDisposable, type Disposable } from '../../../../core/base/disposable';
import { Emitter } from '../../../../core/base/event';
import { plainMessage } from '../../../../core/errors';
import { HistorySeries } from '../../../../core/history/historySeries';
import { type HistorySelection } from '../../../../core/history/messageHistory';
import { parseMessageFilter, type MessageFilter } from '../../../../core/message/messageFilter';
import {
  toHost,
  toPage,
  type Field,
  type Span,
  type Tab,
  type ViewState,
} from '../../../../webview/events/api';
import { dispatch, poster, type Handlers, type Post } from '../../../../webview/protocol';
import { showFailure } from '../../../../workbench/commands';
import { setting } from '../../../../workbench/settings';
import { webviewPage, webviewRoot } from '../../../../workbench/webviewPage';
import { MonitorSource, type EventsSource } from './eventsSource';
import { type ViewSurroundings } from './eventsViews';
import { detailOf, messageText, openBody, rowOf } from './rowText';

/** The page hears of new messages this often; it asks for what it shows. */
const stateEveryMs = 100;
const ratesEveryMs = 1_000;
const buckets = 120;
const chartBuckets = 300;
const mostDevices = 1_000;

/** One events view: answers its page from the history of a source. */
export class EventsPanel implements Disposable {
  private readonly store = new DisposableStore();
  private readonly ended = this.store.add(new Emitter<void>());
  readonly onDidDispose = this.ended.event;
  private readonly post: Post<typeof toPage>;
  private selection: HistorySelection;
  private selectionChanges: Disposable | undefined;
  private filter: MessageFilter | undefined;
  private problem: string | null = null;
  private generation = 1;
  /** Behind the newest row of the selection, in ordinals; and the history's end that it counts up to. */
  private endOrdinal: number;
  private countedTo: number;
  private looking: { readonly tab: Tab; readonly minutes: Span; readonly fields: readonly Field[] } = {
    tab: 'messages',
    minutes: 5,
    fields: [],
  };
  private readonly series: HistorySeries;
  private isPageReady = false;
  private isDisposed = false;
  private isStateWaiting = false;
  private lastEnd = { at: Date.now(), end: 0, perSecond: 0 };

  constructor(
    private readonly panel: vscode.WebviewPanel,
    readonly source: EventsSource,
    private readonly surroundings: ViewSurroundings,
  ) {
    const { history } = source;
    this.endOrdinal = this.countedTo = history.end;
    this.lastEnd.end = history.end;
    this.series = this.store.add(new HistorySeries(history));
    this.post = poster(toPage, (message) => {
      if (this.isPageReady) void panel.webview.postMessage(message);
    });
    this.selection = this.openSelection();
    panel.title = `Events: ${source.title}`;
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [webviewRoot(surroundings.extensionUri)],
    };
    const icon = (theme: string) =>
      vscode.Uri.joinPath(surroundings.extensionUri, 'media', `events.${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    this.store.add(panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message)));
    this.store.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is thrown away and comes back with `ready`.
        if (!panel.visible) this.isPageReady = false;
      }),
    );
    this.store.add(source.onDidChange(() => this.stateSoon()));
    this.every(stateEveryMs, () => this.postState());
    this.every(ratesEveryMs, () => this.postTab());
    panel.onDidDispose(() => this.dispose());
    panel.webview.html = webviewPage(panel.webview, surroundings.extensionUri, 'events', panel.title);
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.isPageReady = false;
    this.ended.fire();
    this.selectionChanges?.dispose();
    this.selection.dispose();
    this.source.dispose();
    this.store.dispose();
    this.panel.dispose();
  }

  // --- What the page says ------------------------------------------------------------------------

  private readonly handlers: Handlers<typeof toHost> = {
    ready: () => {
      this.isPageReady = true;
      this.isStateWaiting = true;
      this.postState();
      this.postTab();
    },
    search: ({ text }) => this.search(text.trim()),
    read: (request) => this.act(() => this.read(request)),
    detail: ({ index }) =>
      this.act(async () => {
        const message = await this.source.history.get(index);
        this.post('detail', { index, detail: message ? detailOf(message) : null });
      }),
    find: ({ at }) => this.act(() => this.find(at)),
    look: (looking) => {
      const isOther = JSON.stringify(looking.fields) !== JSON.stringify(this.looking.fields);
      this.looking = looking;
      if (isOther) this.act(() => this.chart(looking.fields));
      this.postTab();
    },
    fieldsOf: ({ deviceId }) => this.act(() => this.fieldsOf(deviceId)),
    openBody: ({ index }) =>
      this.withMessage(index, (message) => openBody(this.surroundings.bodies, message)),
    copyBody: ({ index }) =>
      this.withMessage(index, async (message) => vscode.env.clipboard.writeText(detailOf(message).body)),
    copyMessage: ({ index }) =>
      this.withMessage(index, async (message) => vscode.env.clipboard.writeText(messageText(message))),
    toggleMonitor: () => this.ofMonitor((monitor) => this.surroundings.toggleMonitor(monitor)),
    toggleRecording: () => this.ofMonitor((monitor) => this.surroundings.toggleRecording(monitor)),
    whyNoMessages: () => this.ofMonitor((monitor) => this.surroundings.whyNoMessages(monitor)),
    report: ({ text }) => this.surroundings.log.error(`The page of the events view reports: ${text}`),
  };

  private receive(message: unknown): void {
    const refused = dispatch(toHost, this.handlers, message);
    if (refused) this.surroundings.log.warn(`The events view was told something it cannot use: ${refused}`);
  }

  private act(work: () => Promise<unknown>): void {
    if (this.isDisposed) return;
    work().catch((error: unknown) => {
      if (!this.isDisposed && !isAbort(error))
        void showFailure(error, 'The events view', this.surroundings.log);
    });
  }

  private ofMonitor(work: (monitor: MonitorSource['monitor']) => Promise<void>): void {
    const { source } = this;
    if (!(source instanceof MonitorSource)) return;
    this.act(async () => {
      await work(source.monitor);
      this.stateSoon();
    });
  }

  private withMessage(
    index: number,
    work: (message: Parameters<typeof detailOf>[0]) => Promise<unknown>,
  ): void {
    this.act(async () => {
      const message = await this.source.history.get(index);
      if (message) await work(message);
      else void vscode.window.showInformationMessage('This message has left the events view.');
    });
  }

  // --- Rows --------------------------------------------------------------------------------------

  private search(text: string): void {
    try {
      this.filter = text === '' ? undefined : parseMessageFilter(text);
      this.problem = null;
    } catch (error) {
      this.problem = plainMessage(error);
      this.stateSoon();
      return;
    }
    this.selectionChanges?.dispose();
    this.selection.dispose();
    this.generation++;
    this.selection = this.openSelection();
    this.stateSoon();
    this.postState();
    this.postTab();
  }

  private openSelection(): HistorySelection {
    const { history } = this.source;
    const selection = history.openSelection(this.filter);
    this.countedTo = history.end;
    this.endOrdinal = history.end;
    let isTold = selection.isComplete;
    this.selectionChanges = selection.onDidChange(() => {
      this.stateSoon();
      if (isTold || !selection.isComplete) return;
      isTold = true;
      this.postTab();
    });
    return selection;
  }

  /** New rows are counted behind the ones that were there, whatever comes or leaves in front. */
  private range(): { readonly from: number; readonly to: number } {
    const { selection } = this;
    const { end } = this.source.history;
    this.endOrdinal += selection.length - Math.min(selection.length, selection.positionOf(this.countedTo));
    this.countedTo = end;
    return { from: this.endOrdinal - selection.length, to: this.endOrdinal };
  }

  private async read({
    generation,
    from,
    count,
  }: {
    readonly generation: number;
    readonly from: number;
    readonly count: number;
  }): Promise<void> {
    if (generation !== this.generation) return;
    const range = this.range();
    const first = Math.max(from, range.from);
    const rows = await this.selection.read(first - range.from, Math.max(0, from + count - first));
    if (generation !== this.generation) return;
    // What left meanwhile left in front: the last row read has its place still.
    const missing = Math.max(0, Math.min(from + count, range.to) - first - rows.length);
    this.post('rows', {
      generation,
      rows: rows.map(({ index, message }, place) => rowOf(first + missing + place, index, message)),
    });
  }

  private async find(at: number): Promise<void> {
    const { generation } = this;
    const range = this.range();
    let low = 0;
    let high = range.to - range.from;
    // Enqueued times rise but for the small differences between partitions.
    while (low < high) {
      const middle = (low + high) >> 1;
      const [row] = await this.selection.read(middle, 1);
      if (row && row.message.enqueuedAt < at) low = middle + 1;
      else high = middle;
    }
    this.post('place', { generation, ordinal: range.from + low });
  }

  // --- The chart ---------------------------------------------------------------------------------

  private async chart(fields: readonly Field[]): Promise<void> {
    await this.series.setCharted(fields);
    if (!this.isDisposed) this.postTab();
  }

  private async fieldsOf(deviceId: string): Promise<void> {
    this.post('fields', { deviceId, paths: [...(await this.series.fieldsOf(deviceId))] });
  }

  // --- What the page is told ---------------------------------------------------------------------

  private every(ms: number, work: () => void): void {
    const timer = setInterval(() => {
      if (this.isPageReady) work();
    }, ms);
    this.store.add(toDisposable(() => clearInterval(timer)));
  }

  private stateSoon(): void {
    this.isStateWaiting = true;
  }

  private postState(): void {
    const { source, surroundings } = this;
    const { history } = source;
    if (history.end !== this.countedTo || !this.selection.isComplete) this.isStateWaiting = true;
    if (!this.isStateWaiting || !this.isPageReady) return;
    this.isStateWaiting = false;
    const range = this.range();
    const state: ViewState = {
      title: source.title,
      source: source.address,
      status: source.status,
      ...(source.isRunning === undefined ? {} : { isRunning: source.isRunning }),
      isRecording: source instanceof MonitorSource && surroundings.isRecording(source.monitor),
      generation: this.generation,
      filter: this.filter?.text ?? '',
      problem: this.problem,
      ...range,
      held: history.end - history.first,
      dropped: history.dropped,
      devices: history.deviceCount,
      bytes: history.bytes,
      maxBytes: setting('monitor.history.megabytes') * 1024 * 1024,
      searched: this.selection.isComplete
        ? 1
        : this.selection.scanned / Math.max(1, history.end - history.first),
      perSecond: this.lastEnd.perSecond,
      utc: setting('monitor.timeZone') === 'utc',
    };
    this.post('state', state);
  }

  private postTab(): void {
    const { tab, minutes } = this.looking;
    const { history, until } = this.source;
    const to = Math.ceil(until / 1_000) * 1_000;
    const from = to - minutes * 60_000;
    this.measure();
    this.post('rates', {
      from,
      to,
      all: [...history.rates(from, to, buckets)],
      fitting: this.filter ? [...this.selection.rates(from, to, buckets)] : null,
    });
    if (tab === 'messages') return;
    const devices = history.devices().toSorted((one, other) => other.lastAt - one.lastAt);
    this.post('devices', {
      devices: devices
        .slice(0, mostDevices)
        .map(({ deviceId, count, bytes, lastAt }) => ({ deviceId, count, bytes, lastAt })),
    });
    if (tab === 'chart') this.postSeries(from, to);
  }

  private postSeries(from: number, to: number): void {
    this.post('series', {
      from,
      to,
      filled: this.series.progress,
      series: this.looking.fields.map((field) => ({
        ...field,
        points: this.series
          .points(field, from, to, chartBuckets)
          .map(({ at, min, max, mean }): [number, number, number, number] => [at, min, max, mean]),
      })),
    });
  }

  private measure(): void {
    const { end } = this.source.history;
    const now = Date.now();
    const seconds = Math.max(0.2, (now - this.lastEnd.at) / 1_000);
    const perSecond = (end - this.lastEnd.end) / seconds;
    if (perSecond !== this.lastEnd.perSecond) this.stateSoon();
    this.lastEnd = { at: now, end, perSecond };
  }
}
