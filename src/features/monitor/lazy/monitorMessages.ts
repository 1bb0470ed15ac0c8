import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { DisposableStore, toDisposable, type Disposable } from '../../../core/base/disposable';
import { MessageHistory } from '../../../core/history/messageHistory';
import { newestMatching } from '../../../core/history/newestMatching';
import { MessageBatcher } from '../../../core/message/messageBatcher';
import { parseMessageFilter, type MessageFilter } from '../../../core/message/messageFilter';
import { type ReceivedMessage } from '../../../core/message/receivedMessage';
import { settingsPrefix } from '../../../contributions';
import { MessageRate } from './messageRate';
import { MessagesChannel } from './messagesChannel';
import { filterOf, historyLimits, type MonitorMemory } from './monitorChoices';
import { type MonitorTarget } from './monitorTarget';

/** How many messages are rewritten after the filter or the format was changed, and how many are searched for them. */
const maxRedrawn = 1_000;
const maxRedrawScan = 10_000;
/** Settings that affect what the channel already contains. */
const formatSettings = ['monitor.showProperties', 'monitor.format', 'monitor.template', 'monitor.timeZone'];

/** Receives messages in addition to the channel, such as a recording. */
export type MessageSink = (messages: readonly ReceivedMessage[]) => void;

interface MessageHandlers {
  /** @param count includes messages hidden by the filter */
  onReceived(count: number): void;
  isRunning(): boolean;
}

/** The messages of a monitor: the buffer, and the channel that shows those that match the filter. */
export class MonitorMessages implements Disposable {
  private readonly store = new DisposableStore();
  private readonly channel: MessagesChannel;
  private readonly batcher = this.store.add(new MessageBatcher((messages) => this.take(messages)));
  private readonly sinks = new Set<MessageSink>();
  private readonly devices: ReadonlySet<string> | undefined;
  private readonly rate = new MessageRate();
  /** Messages hidden by the filter. */
  private hidden = 0;
  filter: MessageFilter | undefined;
  /** When the last message arrived, or when the monitor connected. */
  lastAt = Date.now();
  readonly history: MessageHistory;

  constructor(
    private readonly target: MonitorTarget,
    private readonly memory: MonitorMemory,
    private readonly handlers: MessageHandlers,
  ) {
    this.filter = filterOf(memory.get(target));
    this.devices = target.deviceIds && new Set(target.deviceIds);
    this.history = this.store.add(new MessageHistory(historyLimits()));
    this.channel = this.store.add(new MessagesChannel(target.label));
    this.store.add(vscode.workspace.onDidChangeConfiguration((event) => this.onSettings(event)));
  }

  /** The filter, if any, and how many messages it hides. */
  get hiding(): { readonly filter: string; readonly messages: number } | undefined {
    return this.filter && { filter: this.filter.text, messages: this.hidden };
  }

  get perSecond(): number {
    return this.rate.perSecond();
  }

  show(): void {
    this.channel.show();
  }

  /** Forwards all messages that arrive from now on, including hidden ones. */
  addSink(sink: MessageSink): Disposable {
    this.sinks.add(sink);
    return toDisposable(() => this.sinks.delete(sink));
  }

  /** Adds the messages of the monitored devices. */
  add(all: readonly ReceivedMessage[]): void {
    const { devices } = this;
    this.batcher.add(
      devices ? all.filter(({ deviceId }) => deviceId !== undefined && devices.has(deviceId)) : all,
    );
  }

  /** Forwards the messages received so far without delay. */
  flush(): void {
    this.batcher.flush();
  }

  /** Writes a notice to the channel, after the messages received so far. */
  writeNotice(text: string): void {
    this.batcher.flush();
    this.channel.writeNotice(text);
  }

  /** Writes everything that is waiting to the channel. */
  flushChannel(): void {
    this.channel.flush();
  }

  /** Writes the findings of a diagnosis. */
  explain(findings: readonly string[]): void {
    this.channel.show();
    this.writeNotice(l10n.t('Why no messages?'));
    for (const finding of findings) this.channel.writeNotice(finding);
    this.channel.flush();
  }

  /** Takes effect immediately; an empty filter shows all messages. @throws IotError when it is not valid */
  async setFilter(text: string): Promise<void> {
    const filter = text === '' ? undefined : parseMessageFilter(text);
    await this.memory.set(this.target, { filter: text });
    this.filter = filter;
    this.hidden = 0;
    await this.redraw(
      filter ? l10n.t('Showing messages that match: {0}', filter.text) : l10n.t('Showing all messages.'),
    );
  }

  /** Clears the buffer. */
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
      void this.redraw(l10n.t('The message format was changed.'));
  }

  /** Rewrites the newest buffered messages to the channel. */
  private async redraw(notice: string): Promise<void> {
    this.batcher.flush();
    if (this.history.end === 0)
      return this.handlers.isRunning() ? this.channel.writeNotice(notice) : undefined;
    const { filter } = this;
    const matches = (message: ReceivedMessage) => !filter || filter.isShown(message);
    const messages = await newestMatching(this.history, matches, {
      maxScanned: maxRedrawScan,
      maxMessages: maxRedrawn,
    });
    if (filter === this.filter) this.channel.redraw(messages, notice);
  }
}
