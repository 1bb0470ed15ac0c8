import * as vscode from 'vscode';
import { maskSecrets } from '../../core/base/maskSecrets';
import { type ReceivedMessage } from '../../core/message/receivedMessage';
import { renderMessage } from '../../core/message/renderMessage';
import { setting } from '../../workbench/settings';

const flushMs = 100;
const maxMessageBytes = 64 * 1024;
/** VS Code drops old lines without a word at 30 MiB; the channel starts anew before, and says so. */
const maxChannelLength = 20 * 1024 * 1024;

/** The output channel of a hub: written in batches, bounded, secrets hidden. */
export class MessagesChannel implements vscode.Disposable {
  private readonly channel: vscode.OutputChannel;
  private waiting: (ReceivedMessage | string)[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private length = 0;
  private shown = 0;

  constructor(hubName: string) {
    this.channel = vscode.window.createOutputChannel(`IoT Hub: ${hubName}`);
  }

  add(messages: readonly ReceivedMessage[]): void {
    this.waiting.push(...messages);
    this.schedule();
  }

  /** A line of the monitor's own. */
  say(text: string): void {
    this.waiting.push(`${new Date().toISOString()} --- ${text}`);
    this.schedule();
  }

  show(): void {
    this.channel.show(true);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const options = {
      showProperties: setting('monitor.showProperties'),
      format: setting('monitor.format'),
      timeZone: setting('monitor.timeZone'),
      maxBytes: maxMessageBytes,
    };
    const items = this.waiting;
    this.waiting = [];
    const text = maskSecrets(
      items.map((item) => (typeof item === 'string' ? item : renderMessage(item, options))).join('\n'),
    );
    if (this.length + text.length > maxChannelLength) {
      this.channel.replace(
        `--- The channel was full: ${this.shown} older messages were removed from it. ---\n`,
      );
      this.length = 0;
      this.shown = 0;
    }
    this.channel.append(`${text}\n`);
    this.length += text.length;
    this.shown += items.length;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.channel.dispose();
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => this.flush(), flushMs);
  }
}
