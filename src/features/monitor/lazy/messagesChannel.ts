import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { formatCount, formatMegabytes } from '../../../core/base/numbers';
import { maskSecrets } from '../../../core/base/maskSecrets';
import { singleLine } from '../../../core/base/singleLine';
import { plainMessage } from '../../../core/errors';
import { parseLineTemplate } from '../../../core/message/lineTemplate';
import { type ReceivedMessage } from '../../../core/message/receivedMessage';
import { renderMessage, type RenderOptions } from '../../../core/message/renderMessage';
import { setting } from '../../../workbench/settings';
import { showWarning } from '../../../workbench/notifications';

const flushMs = 100;
/** Delay before the next turn when one turn could not write everything. */
const backlogMs = 25;
/** How long one turn may write, in milliseconds, and how many messages are written between two clock checks. */
const turnMs = 20;
const stride = 50;
const maxMessageBytes = 64 * 1024;
/**
 * VS Code silently drops the oldest lines at 30 MiB and keeps a copy of the text in the extension host. The channel
 * stays well below that and reports what was removed.
 */
const maxLength = 5 * 1024 * 1024;
/** Length after the channel was trimmed. */
const keptLength = 1024 * 1024;
/** The channel is trimmed by whole pieces. */
const pieceLength = 128 * 1024;
/** More would not fit into the channel. */
const maxWaiting = 10_000;

type Item = ReceivedMessage | string;

interface Piece {
  readonly text: string;
  /** Keys of the messages in it. */
  readonly keys: readonly string[];
}

/** The output channel of a monitor: written in batches, limited in size, with secrets masked. */
export class MessagesChannel implements vscode.Disposable {
  private readonly channel: vscode.OutputChannel;
  private waiting: Item[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The content of the channel, in the pieces in which it was written. */
  private pieces: Piece[] = [];
  private length = 0;
  private left = 0;
  private skipped = 0;
  private writtenCount = 0;

  constructor(label: string) {
    this.channel = vscode.window.createOutputChannel(
      singleLine(l10n.t('IoT Hub: {0}', label)),
      'iot-hub-messages',
    );
  }

  /** Messages written to the channel so far; a rewritten message counts once. */
  get written(): number {
    return this.writtenCount;
  }

  /** Messages that were written to the channel and are no longer in it. */
  get removedMessages(): number {
    return this.left;
  }

  add(messages: readonly ReceivedMessage[]): void {
    if (messages.length === 0) return;
    for (const message of messages) this.waiting.push(message);
    if (this.waiting.length > maxWaiting) this.skip();
    this.schedule(flushMs);
  }

  /** Writes a notice of the monitor. */
  writeNotice(text: string): void {
    this.waiting.push(noticeLine(text));
    this.schedule(flushMs);
  }

  show(): void {
    this.channel.show(true);
  }

  flush(): void {
    while (this.waiting.length > 0) this.flushSome(Infinity);
  }

  /** Rewrites the channel, for example after the format was changed, and reports how many messages were removed. */
  redraw(messages: readonly ReceivedMessage[], notice: string): void {
    const due = this.waiting.filter((item) => typeof item !== 'string').map(keyOf);
    const before = new Set([...this.pieces.flatMap(({ keys }) => keys), ...due]);
    const again = messages.reduce((count, message) => count + (before.has(keyOf(message)) ? 1 : 0), 0);
    const removed = before.size - again;
    this.left += removed;
    this.writtenCount += due.length - again;
    this.waiting = [];
    this.skipped = 0;
    this.pieces = [];
    this.length = 0;
    this.channel.replace('');
    this.writeNotice(notice);
    if (removed > 0) this.writeNotice(removedNotice(removed));
    this.add(messages);
    this.flush();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.channel.dispose();
  }

  private schedule(ms: number): void {
    this.timer ??= setTimeout(() => this.flushSome(turnMs), ms);
  }

  /** Messages that arrive faster than the channel can be written are counted and left to the events view. */
  private skip(): void {
    const removed = this.waiting.slice(0, -maxWaiting / 2);
    const notices = removed.filter((item) => typeof item === 'string');
    this.skipped += removed.length - notices.length;
    this.waiting = [...notices, ...this.waiting.slice(-maxWaiting / 2)];
  }

  private flushSome(ms: number): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const options = renderOptions();
    const end = performance.now() + ms;
    const lines: string[] = [];
    if (this.skipped > 0) lines.push(noticeLine(skippedNotice(this.skipped)));
    this.skipped = 0;
    const keys: string[] = [];
    let count = 0;
    let length = 0;
    while (length < pieceLength && (count % stride !== 0 || performance.now() < end || count === 0)) {
      const item = this.waiting[count];
      if (item === undefined) break;
      count++;
      // One at a time: half a secret in a message must not hide the messages after it.
      const line = maskSecrets(typeof item === 'string' ? item : renderMessage(item, options));
      length += line.length;
      lines.push(line);
      if (typeof item !== 'string') keys.push(keyOf(item));
    }
    this.waiting = this.waiting.slice(count);
    this.write({ text: `${lines.join('\n')}\n`, keys });
    if (this.waiting.length > 0) this.schedule(backlogMs);
  }

  private write(piece: Piece): void {
    this.writtenCount += piece.keys.length;
    this.pieces.push(piece);
    this.length += piece.text.length;
    if (this.length > maxLength) this.shorten();
    else this.channel.append(piece.text);
  }

  private shorten(): void {
    let from = 0;
    while (this.length > keptLength && from < this.pieces.length - 1) {
      const piece = this.pieces[from++];
      this.length -= piece?.text.length ?? 0;
      this.left += piece?.keys.length ?? 0;
    }
    this.pieces = this.pieces.slice(from);
    this.channel.replace(
      `--- ${trimmedNotice(this.left)} ---\n${this.pieces.map(({ text }) => text).join('')}`,
    );
  }
}

const keyOf = ({ partitionId, sequenceNumber }: ReceivedMessage) => `${partitionId}/${sequenceNumber}`;
/** May contain an error message of the network. */
const noticeLine = (text: string) => `${new Date().toISOString()} --- ${singleLine(maskSecrets(text))}`;

const skippedNotice = (count: number) =>
  count === 1
    ? l10n.t(
        '1 message was skipped because messages arrive too fast for this channel. Use the events view to see it.',
      )
    : l10n.t(
        '{0} messages were skipped because messages arrive too fast for this channel. Use the events view to see them.',
        formatCount(count),
      );

const removedNotice = (count: number) =>
  count === 1
    ? l10n.t('1 message is no longer in this channel. The events view still shows all buffered messages.')
    : l10n.t(
        '{0} messages are no longer in this channel. The events view still shows all buffered messages.',
        formatCount(count),
      );

const trimmedNotice = (count: number) =>
  l10n.t(
    '{0} older messages were removed from this channel, which is trimmed to {1} when it reaches {2}. The events view still shows all buffered messages.',
    formatCount(count),
    formatMegabytes(keptLength),
    formatMegabytes(maxLength),
  );

let reportedTemplate: string | undefined;
let parsedTemplate: { readonly text: string; readonly format: RenderOptions['format'] } | undefined;

function renderOptions(): RenderOptions {
  return {
    showProperties: setting('monitor.showProperties'),
    format: formatOf(setting('monitor.format')),
    timeZone: setting('monitor.timeZone'),
    maxBytes: maxMessageBytes,
  };
}

/** A template that is not valid is reported once, and each message is written as one line. */
function formatOf(format: 'pretty' | 'oneLine' | 'template'): RenderOptions['format'] {
  if (format !== 'template') return format;
  const text = setting('monitor.template');
  if (parsedTemplate?.text === text) return parsedTemplate.format;
  try {
    parsedTemplate = { text, format: parseLineTemplate(text) };
  } catch (error) {
    parsedTemplate = { text, format: 'oneLine' };
    if (reportedTemplate !== text) void showWarning(plainMessage(error));
    reportedTemplate = text;
  }
  return parsedTemplate.format;
}
