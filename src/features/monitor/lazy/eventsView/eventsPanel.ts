import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type Disposable } from '../../../../core/base/disposable';
import { HistorySeries } from '../../../../core/history/historySeries';
import { webviews } from '../../../../contributions';
import { contract, type Field, type Span, type Tab, type ViewState } from '../../../../webview/events/api';
import { type Handlers } from '../../../../webview/protocol';
import { setting } from '../../../../workbench/settings';
import { WebviewHost, type WebviewSurroundings } from '../../../../workbench/webviewHost';
import { type ReadOnlyDocuments } from '../../../../workbench/readOnlyDocuments';
import { type Monitor } from '../monitor';
import { EventRows } from './eventRows';
import { MonitorSource, type EventsSource } from './eventsSource';
import { detailOf, formattedBody, messageText, openBody } from './rowText';
import { showInformation } from '../../../../workbench/notifications';

/** How often the page receives new figures. It requests the rows that it shows. */
const stateEveryMs = 100;
const ratesEveryMs = 1_000;
const rateBuckets = 120;
const chartBuckets = 300;
const maxDevices = 1_000;

export const eventsWebview = { viewType: webviews.events, label: 'events view', contract };

export interface ViewSurroundings extends WebviewSurroundings {
  readonly bodies: ReadOnlyDocuments;
  isRecording(monitor: Monitor): boolean;
  toggleRecording(monitor: Monitor): Promise<void>;
  toggleMonitor(monitor: Monitor): Promise<void>;
  whyNoMessages(monitor: Monitor): Promise<void>;
}

/** One events view: answers its page from the history of a source. */
export class EventsPanel implements Disposable {
  private readonly host: WebviewHost<typeof contract.toHost, typeof contract.toPage>;
  readonly onDidDispose: WebviewHost<typeof contract.toHost, typeof contract.toPage>['onDidDispose'];
  private readonly rows: EventRows;
  private looking: { readonly tab: Tab; readonly minutes: Span; readonly fields: readonly Field[] } = {
    tab: 'messages',
    minutes: 5,
    fields: [],
  };
  private readonly series: HistorySeries;
  private isStateWaiting = false;
  private lastEnd = { at: Date.now(), end: 0, perSecond: 0 };

  constructor(
    panel: vscode.WebviewPanel,
    readonly source: EventsSource,
    private readonly surroundings: ViewSurroundings,
  ) {
    const { history } = source;
    this.lastEnd.end = history.end;
    this.host = new WebviewHost(panel, eventsWebview, surroundings, {
      title: l10n.t('Events: {0}', source.title),
      handlers: this.handlers,
      onReady: () => {
        this.isStateWaiting = true;
        this.postState();
        this.postTab();
      },
    });
    this.onDidDispose = this.host.onDidDispose;
    this.host.add(source);
    this.series = this.host.add(new HistorySeries(history));
    this.rows = this.host.add(
      new EventRows(history, { onChange: () => this.stateSoon(), onComplete: () => this.postTab() }),
    );
    this.host.add(source.onDidChange(() => this.stateSoon()));
    this.host.every(stateEveryMs, () => this.postState());
    this.host.every(ratesEveryMs, () => this.postTab());
  }

  reveal(): void {
    this.host.reveal();
  }

  dispose(): void {
    this.host.dispose();
  }

  // --- Messages from the page --------------------------------------------------------------------

  private readonly handlers: Handlers<typeof contract.toHost> = {
    search: ({ text }) => this.search(text.trim()),
    read: (request) =>
      this.host.act(async () => {
        const rows = await this.rows.read(request);
        if (rows) this.host.post('rows', { generation: request.generation, rows });
      }),
    detail: ({ index }) =>
      this.host.act(async () => {
        const message = await this.source.history.get(index);
        this.host.post('detail', { index, detail: message ? detailOf(message) : null });
      }),
    find: ({ at }) =>
      this.host.act(async () => {
        const { generation } = this.rows;
        this.host.post('position', { generation, ordinal: await this.rows.find(at) });
      }),
    look: (looking) => {
      const isOther = JSON.stringify(looking.fields) !== JSON.stringify(this.looking.fields);
      this.looking = looking;
      if (isOther) this.host.act(() => this.chart(looking.fields));
      this.postTab();
    },
    fieldsOf: ({ deviceId }) => this.host.act(() => this.fieldsOf(deviceId)),
    openBody: ({ index, form }) =>
      this.withMessage(index, (message) => openBody(this.surroundings.bodies, message, form)),
    copyBody: ({ index }) =>
      this.withMessage(index, async (message) => vscode.env.clipboard.writeText(formattedBody(message))),
    copyMessage: ({ index }) =>
      this.withMessage(index, async (message) => vscode.env.clipboard.writeText(messageText(message))),
    toggleMonitor: () => this.withMonitor((monitor) => this.surroundings.toggleMonitor(monitor)),
    toggleRecording: () => this.withMonitor((monitor) => this.surroundings.toggleRecording(monitor)),
    whyNoMessages: () => this.withMonitor((monitor) => this.surroundings.whyNoMessages(monitor)),
  };

  private withMonitor(work: (monitor: MonitorSource['monitor']) => Promise<void>): void {
    const { source } = this;
    if (!(source instanceof MonitorSource)) return;
    this.host.act(async () => {
      await work(source.monitor);
      this.stateSoon();
    });
  }

  private withMessage(
    index: number,
    work: (message: Parameters<typeof detailOf>[0]) => Promise<unknown>,
  ): void {
    this.host.act(async () => {
      const message = await this.source.history.get(index);
      if (message) await work(message);
      else void showInformation(l10n.t('This message is no longer in the buffer.'));
    });
  }

  private search(text: string): void {
    this.stateSoon();
    if (!this.rows.search(text)) return;
    this.postState();
    this.postTab();
  }

  // --- The chart ---------------------------------------------------------------------------------

  private async chart(fields: readonly Field[]): Promise<void> {
    await this.series.setCharted(fields);
    if (!this.host.isDisposed) this.postTab();
  }

  private async fieldsOf(deviceId: string): Promise<void> {
    this.host.post('fields', { deviceId, paths: [...(await this.series.fieldsOf(deviceId))] });
  }

  // --- Messages to the page ----------------------------------------------------------------------

  private stateSoon(): void {
    this.isStateWaiting = true;
  }

  private postState(): void {
    const { source, surroundings } = this;
    const { history } = source;
    if (this.rows.isBehind) this.isStateWaiting = true;
    if (!this.isStateWaiting || !this.host.isReady) return;
    this.isStateWaiting = false;
    const { rows } = this;
    const state: ViewState = {
      title: source.title,
      hub: source.hub,
      source: source.address,
      status: source.status,
      ...(source.isRunning === undefined ? {} : { isRunning: source.isRunning }),
      isRecording: source instanceof MonitorSource && surroundings.isRecording(source.monitor),
      generation: rows.generation,
      filter: rows.filter?.text ?? '',
      problem: rows.problem,
      ...rows.range(),
      held: history.end - history.first,
      dropped: history.dropped,
      devices: history.deviceCount,
      bytes: history.bytes,
      maxBytes: setting('monitor.history.megabytes') * 1024 * 1024,
      searched: rows.searched,
      perSecond: this.lastEnd.perSecond,
      utc: setting('monitor.timeZone') === 'utc',
    };
    this.host.post('state', state);
  }

  private postTab(): void {
    const { tab, minutes } = this.looking;
    const { history, until } = this.source;
    const to = Math.ceil(until / 1_000) * 1_000;
    const from = to - minutes * 60_000;
    this.measure();
    this.host.post('rates', {
      from,
      to,
      all: [...history.rates(from, to, rateBuckets)],
      fitting: this.rows.filter ? [...this.rows.selection.rates(from, to, rateBuckets)] : null,
    });
    if (tab === 'messages') return;
    const devices = history.devices().toSorted((one, other) => other.lastAt - one.lastAt);
    this.host.post('devices', {
      devices: devices
        .slice(0, maxDevices)
        .map(({ deviceId, count, bytes, lastAt }) => ({ deviceId, count, bytes, lastAt })),
    });
    if (tab === 'chart') this.postSeries(from, to);
  }

  private postSeries(from: number, to: number): void {
    this.host.post('series', {
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
