import * as vscode from 'vscode';
import { abortable, abortError, delay, isAbort } from '../../core/base/abort';
import { DisposableStore, toDisposable } from '../../core/base/disposable';
import { Emitter } from '../../core/base/event';
import { plainMessage } from '../../core/errors';
import { type EventSubscription } from '../../core/message/eventSource';
import { parseMessageFilter, type MessageFilter } from '../../core/message/messageFilter';
import { type ReceivedMessage } from '../../core/message/receivedMessage';
import { commands } from '../../contributions';
import { type Services } from '../../services';
import { setting } from '../../workbench/settings';
import { MessagesChannel } from './messagesChannel';
import {
  isRunning,
  monitorStatus,
  nextMonitorState,
  receivedIn,
  type MonitorEvent,
  type MonitorState,
} from './monitorSession';
import { type ChoicesByHub, type StartFrom } from './monitorChoices';
import { startPosition, startSentence } from './startPosition';

type Needs = Pick<Services, 'hubs' | 'events' | 'log'>;

const longestWaitMs = 30_000;
/** How often the status bar says for how long nothing came. */
const silenceEveryMs = 1_000;

/** Reads one hub's events into its channel until it is stopped; says why whenever it cannot. */
export class HubMonitor implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new Emitter<void>());
  private readonly channel: MessagesChannel;
  private readonly statusBar: vscode.StatusBarItem;
  private state: MonitorState = { kind: 'idle' };
  private controller = new AbortController();
  private running: Promise<void> = Promise.resolve();
  /** When the last message came, or when it became live. */
  private lastAt = Date.now();
  private startedFrom: number | undefined;
  private filter: MessageFilter | undefined;
  /** Messages that the filter kept from being shown. */
  private hidden = 0;
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly hubId: string,
    private readonly hubName: string,
    private readonly services: Needs,
    private readonly choices: ChoicesByHub,
  ) {
    this.filter = filterOf(choices.of(hubId).filter);
    this.channel = this.store.add(new MessagesChannel(hubName));
    this.statusBar = this.store.add(
      vscode.window.createStatusBarItem(
        `iotHubWorkbench.monitor.${hubId}`,
        vscode.StatusBarAlignment.Left,
        10,
      ),
    );
    this.statusBar.name = `IoT Hub monitor: ${hubName}`;
    this.store.add(toDisposable(() => this.controller.abort(abortError())));
    const timer = setInterval(() => {
      if (this.state.kind === 'live') this.draw();
    }, silenceEveryMs);
    this.store.add(toDisposable(() => clearInterval(timer)));
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

  /** Counts for the next message; an empty one shows all. @throws IotError when it cannot be used */
  async setFilter(text: string): Promise<void> {
    const filter = text === '' ? undefined : parseMessageFilter(text);
    await this.choices.set(this.hubId, { filter: text });
    this.filter = filter;
    this.hidden = 0;
    if (this.isRunning)
      this.channel.say(filter ? `Only messages that fit: ${filter.text}` : 'All messages are shown.');
    this.draw();
  }

  /** Writes what was found out about the hub's messages. */
  explain(findings: readonly string[]): void {
    this.channel.show();
    this.channel.say('Why no messages?');
    for (const finding of findings) this.channel.say(finding);
    this.channel.flush();
  }

  /** Resolves when the reader is live. @throws when the first connection does not come about. */
  async start(signal: AbortSignal, from?: StartFrom): Promise<void> {
    this.channel.show();
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
    const received = receivedIn(this.state);
    this.dispatch({ kind: 'stop' });
    this.controller.abort(abortError());
    await this.running;
    this.channel.say(`${why ?? 'Monitoring was stopped.'} ${received} messages were received.`);
    this.channel.flush();
    this.dispatch({ kind: 'stopped' });
  }

  dispose(): void {
    this.store.dispose();
  }

  private async run(
    signal: AbortSignal,
    from: StartFrom | undefined,
    onLive: () => void,
    onFailed: (error: unknown) => void,
  ): Promise<void> {
    const consumerGroup = setting('monitor.consumerGroup');
    const startFrom = from ?? this.choices.of(this.hubId).startFrom ?? setting('monitor.startFrom');
    this.hidden = 0;
    const start = startPosition(startFrom, Date.now());
    this.startedFrom =
      start.kind === 'earliest' ? undefined : start.kind === 'time' ? start.since : Date.now();
    let seen: ReadonlyMap<string, number> = new Map();
    let wasLive = false;
    for (let attempt = 0; !signal.aborted; attempt++) {
      let subscription: EventSubscription | undefined;
      try {
        subscription = await this.services.events.open(
          {
            connection: await this.services.hubs.connection(this.hubId, signal),
            consumerGroup,
            start,
            seen,
            onMessages: (messages) => this.onMessages(messages),
            onTrouble: (error) => this.onTrouble(error),
          },
          signal,
        );
        signal.throwIfAborted();
        this.channel.say(
          wasLive
            ? 'Connected again.'
            : `Monitoring ${this.hubName}: consumer group ${consumerGroup}, ${startSentence(startFrom)}${this.filter ? `, only messages that fit: ${this.filter.text}` : ''}.`,
        );
        this.dispatch({ kind: 'connected' });
        wasLive = true;
        attempt = 0;
        onLive();
        throw await abortable(Promise.race([subscription.broken, this.hubCameBack(signal)]), signal);
      } catch (error) {
        if (subscription) seen = new Map(subscription.positions);
        if (!signal.aborted) this.onEnded(error, wasLive, onFailed);
      } finally {
        await subscription?.close();
      }
      if (!wasLive) return;
      await this.waitForNextTry(attempt, signal);
    }
    // Reached only when it was stopped; harmless when it was live before.
    onFailed(abortError());
  }

  private onMessages(messages: readonly ReceivedMessage[]): void {
    const shown = this.filter ? messages.filter(this.filter.isShown) : messages;
    this.hidden += messages.length - shown.length;
    this.channel.add(shown);
    this.lastAt = Date.now();
    this.dispatch({ kind: 'received', count: messages.length });
  }

  private onTrouble(error: Error): void {
    const isNew = this.state.kind === 'live' && this.state.trouble !== error.message;
    this.services.log.warn(`Monitor of ${this.hubName}: ${error.message}`);
    if (isNew) this.channel.say(`${error.message} Trying again.`);
    this.dispatch({ kind: 'trouble', reason: error.message });
  }

  private onEnded(error: unknown, wasLive: boolean, onFailed: (error: unknown) => void): void {
    const reason = plainMessage(error);
    if (wasLive) this.services.log.warn(`Monitor of ${this.hubName} was interrupted: ${reason}`);
    if (wasLive) {
      if (this.state.kind !== 'retrying' || this.state.reason !== reason)
        this.channel.say(`${reason} Connecting again.`);
      this.dispatch({ kind: 'interrupted', reason });
    } else {
      this.channel.say(`Monitoring could not start: ${reason}`);
      this.dispatch({ kind: 'failed', reason });
      onFailed(error);
    }
  }

  /** Only a hub that is ready is asked, since asking one that is off would start it. */
  private async waitForNextTry(attempt: number, signal: AbortSignal): Promise<void> {
    const wait = Math.min(1_000 * 2 ** attempt, longestWaitMs) * (0.75 + Math.random() / 2);
    try {
      await delay(wait, signal);
      while (this.services.hubs.find(this.hubId)?.status.kind !== 'ready') await delay(500, signal);
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  }

  /** Resolves when the hub was away and is back, perhaps at other ports. */
  private hubCameBack(signal: AbortSignal): Promise<Error> {
    return new Promise((resolve) => {
      let wasAway = false;
      const subscription = this.services.hubs.onDidChange(() => {
        const isReady = this.services.hubs.find(this.hubId)?.status.kind === 'ready';
        if (wasAway && isReady) resolve(new Error('The hub was restarted.'));
        wasAway ||= !isReady;
      });
      signal.addEventListener('abort', () => subscription.dispose(), { once: true });
    });
  }

  private hide(): void {
    this.state = { kind: 'idle' };
    this.draw();
  }

  private dispatch(event: MonitorEvent): void {
    const before = this.state;
    this.state = nextMonitorState(before, event);
    if (before === this.state) return;
    if (event.kind === 'connected' && receivedIn(before) === 0) this.lastAt = Date.now();
    this.draw();
    if (before.kind !== this.state.kind) this.changed.fire();
  }

  private draw(): void {
    const silence = {
      sinceMs: Date.now() - this.lastAt,
      hasMessages: receivedIn(this.state) > 0,
      ...(this.filter ? { hidden: this.hidden } : {}),
    };
    const status = monitorStatus(this.state, this.hubName, silence);
    if (!status) return this.statusBar.hide();
    this.statusBar.text = status.text;
    this.statusBar.tooltip = status.tooltip;
    this.statusBar.accessibilityInformation = { label: status.tooltip };
    this.statusBar.backgroundColor = status.isError
      ? new vscode.ThemeColor('statusBarItem.errorBackground')
      : undefined;
    this.statusBar.command = {
      title: status.isError ? 'Start Monitoring' : 'Stop Monitoring',
      command: status.isError ? commands.startMonitoring : commands.stopMonitoring,
      arguments: [{ kind: 'hub', hubId: this.hubId }],
    };
    this.statusBar.show();
  }
}

/** One that was kept and cannot be used any more hides nothing. */
function filterOf(text: string | undefined): MessageFilter | undefined {
  try {
    return text ? parseMessageFilter(text) : undefined;
  } catch {
    return undefined;
  }
}
