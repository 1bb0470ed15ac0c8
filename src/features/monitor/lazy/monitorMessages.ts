import * as vscode from 'vscode';
import { DisposableStore, toDisposable, type Disposable } from '../../../core/base/disposable';
import { MessageHistory } from '../../../core/history/messageHistory';
import { newestFitting } from '../../../core/history/newest';
import { MessageBatcher } from '../../../core/message/messageBatcher';
import { parseMessageFilter, type MessageFilter } from '../../../core/message/messageFilter';
import { type ReceivedMessage } from '../../../core/message/receivedMessage';
import { settingsPrefix } from '../../../contributions';
import { MessageRate } from './messageRate';
import { MessagesChannel } from './messagesChannel';
import { filterOf, historyLimits, type MonitorMemory } from './monitorChoices';
import { type MonitorTarget } from './monitorTarget';

/** How many messages are written again after the filter or the format was changed, and how many are scanned for them. */
const maxRedrawn = 1_000;
const maxRedrawScan = 10_000;
/** Settings that change what is in the channel already. */
const formatSettings = ['monitor.showProperties', 'monitor.format', 'monitor.template', 'monitor.timeZone'];

/** Where messages go besides the channel, such as a recording. */
export type MessageSink = (messages: readonly ReceivedMessage[]) => void;

interface MessageHandlers {
  /** @param count of messages, also of those that the filter hides */
  onReceived(count: number): void;
  isRunning(): boolean;
}

/** The messages of a monitor: what it holds of them, and its channel, which shows those that match the filter. */
export class MonitorMessages implements Disposable {
  private readonly store = new DisposableStore();
  private readonly channel: MessagesChannel;
  private readonly batcher = this.store.add(new MessageBatcher((messages) => this.take(messages)));
  private readonly sinks = new Set<MessageSink>();
  private readonly devices: ReadonlySet<string> | undefined;
  private readonly rate = new MessageRate();
  /** Messages that the filter hides. */
  private hidden = 0;
  filter: MessageFilter | undefined;
  /** When the last message arrived, or when the monitor became live. */
  lastAt = Date.now();
  readonly history: MessageHistory;

  constructor(
    private readonly target: MonitorTarget,
    private readonly memory: MonitorMemory,
    private readonly handlers: MessageHandlers,
  ) {
    this.filter = filterOf(memory.of(target));
    this.devices = target.deviceIds && new Set(target.deviceIds);
    this.history = this.store.add(new MessageHistory(historyLimits()));
    this.channel = this.store.add(new MessagesChannel(target.label));
    this.store.add(vscode.workspace.onDidChangeConfiguration((event) => this.onSettings(event)));
  }

  /** What the filter hides, when there is one. */
  get hiding(): { readonly filter: string; readonly messages: number } | undefined {
    return this.filter && { filter: this.filter.text, messages: this.hidden };
  }

  get perSecond(): number {
    return this.rate.perSecond();
  }

  show(): void {
    this.channel.show();
  }

  /** Passes on all messages that arrive from now on, whatever the filter shows. */
  addSink(sink: MessageSink): Disposable {
    this.sinks.add(sink);
    return toDisposable(() => this.sinks.delete(sink));
  }

  /** Those of the devices that are monitored. */
  add(all: readonly ReceivedMessage[]): void {
    const { devices } = this;
    this.batcher.add(
      devices ? all.filter(({ deviceId }) => deviceId !== undefined && devices.has(deviceId)) : all,
    );
  }

  /** Passes on at once what has arrived. */
  flush(): void {
    this.batcher.flush();
  }

  /** A line of its own in the channel, after what has arrived so far. */
  say(text: string): void {
    this.batcher.flush();
    this.channel.say(text);
  }

  /** Writes to the channel what waits to be written. */
  flushChannel(): void {
    this.channel.flush();
  }

  /** Writes what was found out about the hub's messages. */
  explain(findings: readonly string[]): void {
    this.channel.show();
    this.say('Why no messages?');
    for (const finding of findings) this.channel.say(finding);
    this.channel.flush();
  }

  /** Takes effect with the next message; an empty one shows all. @throws IotError when it cannot be used */
  async setFilter(text: string): Promise<void> {
    const filter = text === '' ? undefined : parseMessageFilter(text);
    await this.memory.set(this.target, { filter: text });
    this.filter = filter;
    this.hidden = 0;
    await this.redraw(filter ? `Only messages that fit: ${filter.text}` : 'All messages are shown.');
  }

  /** Forgets what it holds. */
  clear(): void {
    this.hidden = 0;
    this.history.clear();
  }

  dispose(): void {
    this.store.dispose();
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
    this.handlers.onReceived(messages.length);
  }

  private onSettings(event: vscode.ConfigurationChangeEvent): void {
    if (event.affectsConfiguration(`${settingsPrefix}.monitor.history`))
      this.history.setLimits(historyLimits());
    if (formatSettings.some((name) => event.affectsConfiguration(`${settingsPrefix}.${name}`)))
      void this.redraw('The way in which messages are shown was changed.');
  }

  /** Writes the newest messages that are held into the channel again. */
  private async redraw(because: string): Promise<void> {
    this.batcher.flush();
    if (this.history.end === 0) return this.handlers.isRunning() ? this.channel.say(because) : undefined;
    const { filter } = this;
    const fits = (message: ReceivedMessage) => !filter || filter.isShown(message);
    const messages = await newestFitting(this.history, fits, { scan: maxRedrawScan, most: maxRedrawn });
    if (filter === this.filter) this.channel.redraw(messages, because);
  }
}
