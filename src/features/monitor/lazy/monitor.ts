import * as vscode from 'vscode';
import { abortable, abortError } from '../../../core/base/abort';
import { counted } from '../../../core/base/numbers';
import { DisposableStore, toDisposable, type Disposable } from '../../../core/base/disposable';
import { Emitter } from '../../../core/base/event';
import { plainMessage } from '../../../core/errors';
import { MessageHistory } from '../../../core/history/messageHistory';
import { newestFitting } from '../../../core/history/newest';
import { Arrivals } from '../../../core/message/arrivals';
import { type StartPosition } from '../../../core/message/eventSource';
import { parseMessageFilter, type MessageFilter } from '../../../core/message/messageFilter';
import { type ReceivedMessage } from '../../../core/message/receivedMessage';
import { settingsPrefix } from '../../../contributions';
import { type Services } from '../../../services';
import { showFailure } from '../../../workbench/commands';
import { setting } from '../../../workbench/settings';
import { MessagesChannel } from './messagesChannel';
import { filterOf, historyLimits, type MonitorMemory, type StartFrom } from './monitorChoices';
import { MonitorReader } from './monitorReader';
import {
  isRunning,
  nextMonitorState,
  receivedIn,
  stateSentence,
  type MonitorEvent,
  type MonitorState,
} from './monitorSession';
import { MonitorStatusItem } from './monitorStatusItem';
import { type MonitorTarget } from './monitorTarget';
import { MessageRate } from './messageRate';
import { withConsumerGroupOffer } from './readerConflict';
import { startPosition, startSentence } from './startPosition';

type Needs = Pick<Services, 'hubs' | 'events' | 'log'>;

/** How often the status bar says for how long nothing came. */
const silenceEveryMs = 1_000;
/** How many messages are written again after the filter or the format was changed, and how many are looked at. */
const redrawn = 1_000;
const redrawnScan = 10_000;
/** Settings that change what is in the channel already. */
const shownBy = ['monitor.showProperties', 'monitor.format', 'monitor.template', 'monitor.timeZone'];

/** Where messages go beside the channel, such as a recording. */
export type MessageSink = (messages: readonly ReceivedMessage[]) => void;

export interface MonitorStart {
  /** What was chosen before, unless given. */
  readonly from?: StartFrom;
  /** Behind the last message that it had, as with another consumer group; what it holds stays. */
  readonly goesOn?: boolean;
  /** Without its channel in front. */
  readonly isQuiet?: boolean;
}

/** Reads a hub's events into its channel until it is stopped; says why whenever it cannot. */
export class Monitor implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new Emitter<void>());
  private readonly channel: MessagesChannel;
  private readonly statusItem: MonitorStatusItem;
  private readonly arrivals = this.store.add(new Arrivals((messages) => this.take(messages)));
  private readonly sinks = new Set<MessageSink>();
  private readonly devices: ReadonlySet<string> | undefined;
  private state: MonitorState = { kind: 'idle' };
  private controller = new AbortController();
  private running: Promise<void> = Promise.resolve();
  /** When the last message came, or when it became live. */
  private lastAt = Date.now();
  private startedFrom: number | undefined;
  private group: string | undefined;
  private reader: MonitorReader | undefined;
  private filter: MessageFilter | undefined;
  /** Messages that the filter kept from being shown. */
  private hidden = 0;
  private isRecording = false;
  private readonly rate = new MessageRate();
  /** What the monitor holds of all that it received. */
  readonly history: MessageHistory;
  readonly onDidChange = this.changed.event;

  constructor(
    readonly target: MonitorTarget,
    private readonly services: Needs,
    private readonly memory: MonitorMemory,
  ) {
    this.filter = filterOf(memory.of(target));
    this.devices = target.deviceIds && new Set(target.deviceIds);
    this.history = this.store.add(new MessageHistory(historyLimits()));
    this.channel = this.store.add(new MessagesChannel(target.label));
    this.statusItem = this.store.add(new MonitorStatusItem(target, () => [this.state, this.silence]));
    this.store.add(toDisposable(() => this.controller.abort(abortError())));
    const timer = setInterval(() => {
      if (this.state.kind === 'live') this.statusItem.draw();
    }, silenceEveryMs);
    this.store.add(toDisposable(() => clearInterval(timer)));
    this.store.add(vscode.workspace.onDidChangeConfiguration((event) => this.onSettings(event)));
  }

  get label(): string {
    return this.target.label;
  }

  get hubId(): string {
    return this.target.hubId;
  }

  /** Which it reads with, or would. */
  get consumerGroup(): string {
    const chosen = this.memory.of(this.target).consumerGroup ?? setting('monitor.consumerGroup');
    return this.isRunning ? (this.group ?? chosen) : chosen;
  }

  /** What it is doing, for whoever shows its messages. */
  get status(): { readonly kind: MonitorState['kind']; readonly text: string } {
    return { kind: this.state.kind, text: stateSentence(this.state) };
  }

  /** What it is in trouble with, or has ended with. */
  get trouble(): string | undefined {
    const { state } = this;
    if (state.kind === 'live') return state.trouble;
    return state.kind === 'retrying' || state.kind === 'failed' ? state.reason : undefined;
  }

  get isRunning(): boolean {
    return isRunning(this.state);
  }

  get received(): number {
    return receivedIn(this.state);
  }

  /** From when messages are shown, in milliseconds; `undefined` when it reads from the beginning, or not. */
  get since(): number | undefined {
    return this.isRunning ? this.startedFrom : undefined;
  }

  /** What the filter hides, when there is one. */
  get hiding(): { readonly filter: string; readonly messages: number } | undefined {
    return this.filter && { filter: this.filter.text, messages: this.hidden };
  }

  show(): void {
    this.channel.show();
  }

  /** Hands on all messages that come from now on, whatever the filter shows. */
  addSink(sink: MessageSink): Disposable {
    this.sinks.add(sink);
    return toDisposable(() => this.sinks.delete(sink));
  }

  /** Said in the status bar. */
  setRecording(isRecording: boolean): void {
    this.isRecording = isRecording;
    this.statusItem.draw();
    this.changed.fire();
  }

  /** Hands on at once what has arrived. */
  flush(): void {
    this.arrivals.flush();
  }

  /** A line of its own in the channel, behind what has arrived so far. */
  say(text: string): void {
    this.arrivals.flush();
    this.channel.say(text);
  }

  /** Counts for the next message; an empty one shows all. @throws IotError when it cannot be used */
  async setFilter(text: string): Promise<void> {
    const filter = text === '' ? undefined : parseMessageFilter(text);
    await this.memory.set(this.target, { filter: text });
    this.filter = filter;
    this.hidden = 0;
    await this.redraw(filter ? `Only messages that fit: ${filter.text}` : 'All messages are shown.');
    this.statusItem.draw();
  }

  /** Writes what was found out about the hub's messages. */
  explain(findings: readonly string[]): void {
    this.channel.show();
    this.say('Why no messages?');
    for (const finding of findings) this.channel.say(finding);
    this.channel.flush();
  }

  /** Resolves when the reader is live. @throws when the first connection does not come about. */
  async start(signal: AbortSignal, { isQuiet = false, ...from }: MonitorStart = {}): Promise<void> {
    if (!isQuiet) this.channel.show();
    if (this.isRunning) return;
    await this.running;
    this.dispatch({ kind: 'start' });
    this.controller = new AbortController();
    const isLive = new Promise<void>((resolve, reject) => {
      this.running = this.run(this.controller.signal, from, resolve, reject);
    });
    const onAbort = () => void this.stop();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await abortable(isLive, signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async stop(why?: string): Promise<void> {
    if (!this.isRunning) {
      if (this.state.kind === 'failed') this.hide();
      return;
    }
    this.arrivals.flush();
    this.dispatch({ kind: 'stop' });
    this.controller.abort(abortError());
    await this.running;
    this.say(`${why ?? 'Monitoring was stopped.'} Received: ${counted(receivedIn(this.state), 'message')}.`);
    this.channel.flush();
    this.dispatch({ kind: 'stopped' });
  }

  dispose(): void {
    this.store.dispose();
  }

  private async run(
    signal: AbortSignal,
    { from, goesOn = false }: MonitorStart,
    onLive: () => void,
    onFailed: (error: unknown) => void,
  ): Promise<void> {
    const choices = this.memory.of(this.target);
    const consumerGroup = (this.group = choices.consumerGroup ?? setting('monitor.consumerGroup'));
    const startFrom = from ?? choices.startFrom ?? setting('monitor.startFrom');
    const start = startPosition(startFrom, Date.now());
    const seen = goesOn ? this.reader?.positions : undefined;
    const words = seen?.size ? 'from the last message on' : startSentence(startFrom);
    if (!seen?.size) this.beginAnew(start);
    this.reader = new MonitorReader(this.services, this.hubId, {
      onMessages: (messages) => this.onMessages(messages),
      onTrouble: (error) => this.onTrouble(error),
      onRecovered: () => this.onRecovered(),
      onConnected: (isAgain) => {
        this.say(
          isAgain
            ? 'Connected again.'
            : `Monitoring ${this.label}: consumer group ${consumerGroup}, ${words}${this.filter ? `, only messages that fit: ${this.filter.text}` : ''}.`,
        );
        this.dispatch({ kind: 'connected' });
        onLive();
      },
      onInterrupted: (error) => this.onInterrupted(error),
      onFailed: (error, wasLive) => {
        this.onFailed(error, wasLive);
        onFailed(withConsumerGroupOffer(error, this.hubId));
      },
    });
    await this.reader.read({ consumerGroup, start, ...(seen ? { seen } : {}) }, signal);
    // Counts only when it was stopped before it was live.
    onFailed(abortError());
  }

  private beginAnew(start: StartPosition): void {
    this.hidden = 0;
    this.history.clear();
    this.startedFrom =
      start.kind === 'earliest' ? undefined : start.kind === 'time' ? start.since : Date.now();
  }

  private onMessages(all: readonly ReceivedMessage[]): void {
    const { devices } = this;
    this.arrivals.add(
      devices ? all.filter(({ deviceId }) => deviceId !== undefined && devices.has(deviceId)) : all,
    );
  }

  private take(messages: readonly ReceivedMessage[]): void {
    const { filter } = this;
    this.history.add(messages);
    for (const sink of this.sinks) sink(messages);
    const shown = filter ? messages.filter(filter.isShown) : messages;
    this.hidden += messages.length - shown.length;
    this.channel.add(shown);
    this.lastAt = Date.now();
    this.rate.add(messages.length);
    this.dispatch({ kind: 'received', count: messages.length });
  }

  private onTrouble(error: Error): void {
    const isNew = this.state.kind === 'live' && this.state.trouble !== error.message;
    this.services.log.warn(`Monitor of ${this.label}: ${error.message}`);
    if (isNew) this.say(`${error.message} Trying again.`);
    this.dispatch({ kind: 'trouble', reason: error.message });
  }

  private onRecovered(): void {
    if (this.state.kind !== 'live' || this.state.trouble === undefined) return;
    this.say('Connected again.');
    this.dispatch({ kind: 'recovered' });
  }

  private onInterrupted(error: unknown): void {
    const reason = plainMessage(error);
    this.services.log.warn(`Monitor of ${this.label} was interrupted: ${reason}`);
    if (this.state.kind !== 'retrying' || this.state.reason !== reason)
      this.say(`${reason} Connecting again.`);
    this.dispatch({ kind: 'interrupted', reason });
  }

  private onFailed(error: unknown, wasLive: boolean): void {
    const reason = plainMessage(error);
    this.say(wasLive ? `Monitoring has ended: ${reason}` : `Monitoring could not start: ${reason}`);
    this.dispatch({ kind: 'failed', reason });
    // Who started it is told otherwise.
    if (wasLive)
      void showFailure(
        withConsumerGroupOffer(error, this.hubId),
        `Monitoring ${this.label}`,
        this.services.log,
      );
  }

  private onSettings(event: vscode.ConfigurationChangeEvent): void {
    if (event.affectsConfiguration(`${settingsPrefix}.monitor.history`))
      this.history.setLimits(historyLimits());
    if (shownBy.some((name) => event.affectsConfiguration(`${settingsPrefix}.${name}`)))
      void this.redraw('The way in which messages are shown was changed.');
  }

  /** Writes the newest messages that are held into the channel again. */
  private async redraw(because: string): Promise<void> {
    this.arrivals.flush();
    if (this.history.end === 0) return this.isRunning ? this.channel.say(because) : undefined;
    const { filter } = this;
    const fits = (message: ReceivedMessage) => !filter || filter.isShown(message);
    const messages = await newestFitting(this.history, fits, { scan: redrawnScan, most: redrawn });
    if (filter === this.filter) this.channel.redraw(messages, because);
  }

  private get silence() {
    return {
      sinceMs: Date.now() - this.lastAt,
      hasMessages: receivedIn(this.state) > 0,
      ...(this.filter ? { hidden: this.hidden } : {}),
      perSecond: this.rate.perSecond(),
      isRecording: this.isRecording,
    };
  }

  private hide(): void {
    this.state = { kind: 'idle' };
    this.statusItem.draw();
  }

  private dispatch(event: MonitorEvent): void {
    const before = this.state;
    this.state = nextMonitorState(before, event);
    if (before === this.state) return;
    if (event.kind === 'connected' && receivedIn(before) === 0) this.lastAt = Date.now();
    if (before.kind === this.state.kind && event.kind === 'received') return this.statusItem.drawSoon();
    this.statusItem.draw();
    this.changed.fire();
  }
}
