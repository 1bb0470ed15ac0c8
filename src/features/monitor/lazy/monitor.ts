import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import { abortable, abortError } from '../../../core/base/abort';
import { formatCount } from '../../../core/base/numbers';
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
  describeState,
  type MonitorEvent,
  type MonitorState,
  type Silence,
} from './monitorSession';
import { MonitorStatusItem } from './monitorStatusItem';
import { type MonitorTarget } from './monitorTarget';
import { withConsumerGroupOffer } from './readerConflict';
import { startDescription, startPosition } from './startPosition';

type Needs = Pick<Services, 'hubs' | 'events' | 'log'>;

/** How often the status bar updates the time since the last message. */
const silenceEveryMs = 1_000;

/** Reads the events of a hub into its channel until it is stopped, and reports every failure there. */
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

  /** The consumer group in use, or the one the next start uses. */
  get consumerGroup(): string {
    const chosen = this.memory.get(this.target).consumerGroup ?? setting('monitor.consumerGroup');
    return this.isRunning ? (this.group ?? chosen) : chosen;
  }

  /** The state of the monitor, for the views of its messages. */
  get status(): { readonly kind: MonitorState['kind']; readonly text: string } {
    return { kind: this.state.kind, text: describeState(this.state) };
  }

  /** Why reading is interrupted or has ended. */
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

  /** Earliest enqueued time in milliseconds; `undefined` when it reads from the beginning or is stopped. */
  get since(): number | undefined {
    return this.isRunning ? this.startedFrom : undefined;
  }

  /** The buffered messages. */
  get history(): MessageHistory {
    return this.messages.history;
  }

  /** The filter, if any, and how many messages it hides. */
  get hiding(): MonitorMessages['hiding'] {
    return this.messages.hiding;
  }

  show(): void {
    this.messages.show();
  }

  /** Forwards all messages that arrive from now on, including hidden ones. */
  addSink(sink: MessageSink): Disposable {
    return this.messages.addSink(sink);
  }

  /** Shows in the status bar whether messages are recorded. */
  setRecording(isRecording: boolean): void {
    this.isRecording = isRecording;
    this.statusItem.draw();
    this.changed.fire();
  }

  /** Forwards the messages received so far without delay. */
  flush(): void {
    this.messages.flush();
  }

  /** Writes a notice to the channel, after the messages received so far. */
  writeNotice(text: string): void {
    this.messages.writeNotice(text);
  }

  /** Takes effect immediately; an empty filter shows all messages. @throws IotError when it is not valid */
  async setFilter(text: string): Promise<void> {
    await this.messages.setFilter(text);
    this.statusItem.draw();
  }

  /** Writes the findings of a diagnosis. */
  explain(findings: readonly string[]): void {
    this.messages.explain(findings);
  }

  /** Resolves when the reader is connected. @throws when the first connection fails */
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

  async stop(reason = l10n.t('Monitoring stopped.')): Promise<void> {
    if (!this.isRunning) {
      if (this.state.kind === 'failed') this.hide();
      return;
    }
    this.messages.flush();
    this.dispatch({ kind: 'stop' });
    this.controller.abort(abortError());
    await this.running;
    const received = receivedIn(this.state);
    this.writeNotice(
      received === 1
        ? l10n.t('{0} 1 message received.', reason)
        : l10n.t('{0} {1} messages received.', reason, formatCount(received)),
    );
    this.messages.flushChannel();
    this.dispatch({ kind: 'stopped' });
  }

  dispose(): void {
    this.store.dispose();
  }

  private async run(
    signal: AbortSignal,
    { from, isResumed = false }: MonitorStart,
    onLive: () => void,
    onFailed: (error: unknown) => void,
  ): Promise<void> {
    const choices = this.memory.get(this.target);
    const consumerGroup = (this.group = choices.consumerGroup ?? setting('monitor.consumerGroup'));
    const startFrom = from ?? choices.startFrom ?? setting('monitor.startFrom');
    const start = startPosition(startFrom, Date.now());
    const seen = isResumed ? this.reader?.positions : undefined;
    const startText = seen?.size ? l10n.t('After the last message') : startDescription(startFrom);
    if (!seen?.size) this.startOver(start);
    this.reader = new MonitorReader(this.services, this.hubId, {
      onMessages: (messages) => this.messages.add(messages),
      onTrouble: (error) => this.onTrouble(error),
      onRecovered: () => this.onRecovered(),
      onConnected: (isAgain) => {
        this.writeNotice(isAgain ? l10n.t('Reconnected.') : this.startNotice(consumerGroup, startText));
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
    // Has an effect only if it was stopped before it connected.
    onFailed(abortError());
  }

  private startNotice(consumerGroup: string, start: string): string {
    const { filter } = this.messages;
    return filter
      ? l10n.t(
          'Monitoring {0}. Consumer group: {1}. Start: {2}. Filter: {3}',
          this.label,
          consumerGroup,
          start,
          filter.text,
        )
      : l10n.t('Monitoring {0}. Consumer group: {1}. Start: {2}.', this.label, consumerGroup, start);
  }

  private startOver(start: StartPosition): void {
    this.messages.clear();
    this.startedFrom =
      start.kind === 'earliest' ? undefined : start.kind === 'time' ? start.since : Date.now();
  }

  private onTrouble(error: Error): void {
    const isNew = this.state.kind === 'live' && this.state.trouble !== error.message;
    this.services.log.warn(`Monitoring ${this.label}: ${error.message}`);
    if (isNew && !this.isHubStopping) this.writeNotice(l10n.t('{0} Retrying…', error.message));
    this.dispatch({ kind: 'trouble', reason: error.message });
  }

  private onRecovered(): void {
    if (this.state.kind !== 'live' || this.state.trouble === undefined) return;
    this.writeNotice(l10n.t('Reconnected.'));
    this.dispatch({ kind: 'recovered' });
  }

  private onInterrupted(error: unknown): void {
    const reason = plainMessage(error);
    this.services.log.warn(`Monitoring ${this.label} was interrupted: ${reason}`);
    const isNew = this.state.kind !== 'retrying' || this.state.reason !== reason;
    if (isNew && !this.isHubStopping) this.writeNotice(l10n.t('{0} Reconnecting…', reason));
    this.dispatch({ kind: 'interrupted', reason });
  }

  private onFailed(error: unknown, wasLive: boolean): void {
    const reason = plainMessage(error);
    this.writeNotice(
      wasLive ? l10n.t('Monitoring stopped: {0}', reason) : l10n.t('Monitoring failed to start: {0}', reason),
    );
    this.dispatch({ kind: 'failed', reason });
    // A failure to start is reported by the command.
    if (wasLive)
      void showFailure(
        withConsumerGroupOffer(error, this.hubId),
        l10n.t('Monitoring {0}', this.label),
        this.services.log,
      );
  }

  /** Whether the hub is being stopped on purpose, so that the end of its connections is no trouble. */
  private get isHubStopping(): boolean {
    const hub = this.services.hubs.find(this.hubId);
    return hub?.kind === 'local' && hub.process.kind === 'stopping';
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
