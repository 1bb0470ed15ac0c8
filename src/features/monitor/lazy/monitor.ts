import type * as vscode from 'vscode';
import { abortable, abortError } from '../../../core/base/abort';
import { counted } from '../../../core/base/numbers';
import { DisposableStore, toDisposable, type Disposable } from '../../../core/base/disposable';
import { Emitter } from '../../../core/base/event';
import { plainMessage } from '../../../core/errors';
import { type MessageHistory } from '../../../core/history/messageHistory';
import { type StartPosition } from '../../../core/message/eventSource';
import { type Services } from '../../../services';
import { showFailure } from '../../../workbench/commands';
import { setting } from '../../../workbench/settings';
import { type MonitorMemory, type MonitorStart } from './monitorChoices';
import { MonitorMessages, type MessageSink } from './monitorMessages';
import { MonitorReader } from './monitorReader';
import {
  isRunning,
  nextMonitorState,
  receivedIn,
  stateSentence,
  type MonitorEvent,
  type MonitorState,
  type Silence,
} from './monitorSession';
import { MonitorStatusItem } from './monitorStatusItem';
import { type MonitorTarget } from './monitorTarget';
import { withConsumerGroupOffer } from './readerConflict';
import { startPosition, startSentence } from './startPosition';

type Needs = Pick<Services, 'hubs' | 'events' | 'log'>;

/** How often the status bar says for how long nothing came. */
const silenceEveryMs = 1_000;
/** Reads a hub's events into its channel until it is stopped; says why whenever it cannot. */
export class Monitor implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new Emitter<void>());
  private readonly messages: MonitorMessages;
  private readonly statusItem: MonitorStatusItem;
  private state: MonitorState = { kind: 'idle' };
  private controller = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private startedFrom: number | undefined;
  private group: string | undefined;
  private reader: MonitorReader | undefined;
  private isRecording = false;
  readonly onDidChange = this.changed.event;

  constructor(
    readonly target: MonitorTarget,
    private readonly services: Needs,
    private readonly memory: MonitorMemory,
  ) {
    this.messages = this.store.add(
      new MonitorMessages(target, memory, {
        onReceived: (count) => this.dispatch({ kind: 'received', count }),
        isRunning: () => this.isRunning,
      }),
    );
    this.statusItem = this.store.add(new MonitorStatusItem(target, () => [this.state, this.silence]));
    this.store.add(toDisposable(() => this.controller.abort(abortError())));
    const timer = setInterval(() => {
      if (this.state.kind === 'live') this.statusItem.draw();
    }, silenceEveryMs);
    this.store.add(toDisposable(() => clearInterval(timer)));
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

  /** What the monitor holds of all that it received. */
  get history(): MessageHistory {
    return this.messages.history;
  }

  /** What the filter hides, when there is one. */
  get hiding(): MonitorMessages['hiding'] {
    return this.messages.hiding;
  }

  show(): void {
    this.messages.show();
  }

  /** Passes on all messages that arrive from now on, whatever the filter shows. */
  addSink(sink: MessageSink): Disposable {
    return this.messages.addSink(sink);
  }

  /** Said in the status bar. */
  setRecording(isRecording: boolean): void {
    this.isRecording = isRecording;
    this.statusItem.draw();
    this.changed.fire();
  }

  /** Passes on at once what has arrived. */
  flush(): void {
    this.messages.flush();
  }

  /** A line of its own in the channel, after what has arrived so far. */
  say(text: string): void {
    this.messages.say(text);
  }

  /** Takes effect with the next message; an empty one shows all. @throws IotError when it cannot be used */
  async setFilter(text: string): Promise<void> {
    await this.messages.setFilter(text);
    this.statusItem.draw();
  }

  /** Writes what was found out about the hub's messages. */
  explain(findings: readonly string[]): void {
    this.messages.explain(findings);
  }

  /** Resolves when the reader is live. @throws when the first connection does not come about. */
  async start(signal: AbortSignal, { isQuiet = false, ...from }: MonitorStart = {}): Promise<void> {
    if (!isQuiet) this.messages.show();
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
    this.messages.flush();
    this.dispatch({ kind: 'stop' });
    this.controller.abort(abortError());
    await this.running;
    this.say(`${why ?? 'Monitoring was stopped.'} Received: ${counted(receivedIn(this.state), 'message')}.`);
    this.messages.flushChannel();
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
    if (!seen?.size) this.startOver(start);
    this.reader = new MonitorReader(this.services, this.hubId, {
      onMessages: (messages) => this.messages.add(messages),
      onTrouble: (error) => this.onTrouble(error),
      onRecovered: () => this.onRecovered(),
      onConnected: (isAgain) => {
        const { filter } = this.messages;
        this.say(
          isAgain
            ? 'Connected again.'
            : `Monitoring ${this.label}: consumer group ${consumerGroup}, ${words}${filter ? `, only messages that fit: ${filter.text}` : ''}.`,
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

  private startOver(start: StartPosition): void {
    this.messages.clear();
    this.startedFrom =
      start.kind === 'earliest' ? undefined : start.kind === 'time' ? start.since : Date.now();
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

  private get silence(): Silence {
    const { lastAt, hiding, perSecond } = this.messages;
    return {
      sinceMs: Date.now() - lastAt,
      hasMessages: receivedIn(this.state) > 0,
      ...(hiding ? { hidden: hiding.messages } : {}),
      perSecond,
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
    if (event.kind === 'connected' && receivedIn(before) === 0) this.messages.lastAt = Date.now();
    if (before.kind === this.state.kind && event.kind === 'received') return this.statusItem.drawSoon();
    this.statusItem.draw();
    this.changed.fire();
  }
}
