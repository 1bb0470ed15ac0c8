import * as vscode from 'vscode';
import { maskSecrets } from '../../../core/base/maskSecrets';
import { plainMessage } from '../../../core/errors';
import { parseLineTemplate } from '../../../core/message/lineTemplate';
import { type ReceivedMessage } from '../../../core/message/receivedMessage';
import { renderMessage, type RenderOptions } from '../../../core/message/renderMessage';
import { setting } from '../../../workbench/settings';

const flushMs = 100;
/** When more waits than one turn could write. */
const backlogMs = 25;
/** How long one turn may write, in milliseconds, and how many messages lie between two looks at the clock. */
const turnMs = 20;
const stride = 50;
const maxMessageBytes = 64 * 1024;
/**
 * VS Code drops the oldest lines without a word at 30 MiB, and keeps a copy of the text in the extension host:
 * the channel stays well below, and says what left it.
 */
const maxLength = 5 * 1024 * 1024;
/** What stays when the channel is made shorter. */
const keptLength = 1024 * 1024;
/** It is made shorter by whole pieces. */
const pieceLength = 128 * 1024;
/** More would not fit into the channel anyway. */
const maxWaiting = 10_000;

type Item = ReceivedMessage | string;

interface Piece {
  readonly text: string;
  /** The messages in it, by `keyOf`. */
  readonly keys: readonly string[];
}

/** The output channel of a monitor: written in batches, bounded, secrets hidden. */
export class MessagesChannel implements vscode.Disposable {
  private readonly channel: vscode.OutputChannel;
  private waiting: Item[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What the channel holds, in the pieces in which it was written. */
  private pieces: Piece[] = [];
  private length = 0;
  private left = 0;
  private skipped = 0;
  private writtenCount = 0;

  constructor(label: string) {
    this.channel = vscode.window.createOutputChannel(`IoT Hub: ${label}`, 'iot-hub-messages');
  }

  /** Messages that have been in the channel, or are; those that are written anew count once. */
  get written(): number {
    return this.writtenCount;
  }

  /** Messages that were written to the channel and are not in it any more. */
  get messagesThatLeft(): number {
    return this.left;
  }

  add(messages: readonly ReceivedMessage[]): void {
    if (messages.length === 0) return;
    for (const message of messages) this.waiting.push(message);
    if (this.waiting.length > maxWaiting) this.skip();
    this.schedule(flushMs);
  }

  /** A line of the monitor's own. */
  say(text: string): void {
    this.waiting.push(lineOf(text));
    this.schedule(flushMs);
  }

  show(): void {
    this.channel.show(true);
  }

  flush(): void {
    while (this.waiting.length > 0) this.flushSome(Infinity);
  }

  /** Writes everything anew, as after the format was changed; says how many are not in it any more. */
  redraw(messages: readonly ReceivedMessage[], because: string): void {
    const due = this.waiting.filter((item) => typeof item !== 'string').map(keyOf);
    const before = new Set([...this.pieces.flatMap(({ keys }) => keys), ...due]);
    const again = messages.reduce((count, message) => count + (before.has(keyOf(message)) ? 1 : 0), 0);
    const gone = before.size - again;
    this.left += gone;
    this.writtenCount += due.length - again;
    this.waiting = [];
    this.skipped = 0;
    this.pieces = [];
    this.length = 0;
    this.channel.replace('');
    this.say(gone > 0 ? `${because} ${goneSentence(gone)}` : because);
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

  /** The channel is for reading: what comes faster than it can be written is told, and is in the events view. */
  private skip(): void {
    const gone = this.waiting.slice(0, -maxWaiting / 2);
    const said = gone.filter((item) => typeof item === 'string');
    this.skipped += gone.length - said.length;
    this.waiting = [...said, ...this.waiting.slice(-maxWaiting / 2)];
  }

  private flushSome(ms: number): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const options = renderOptions();
    const end = performance.now() + ms;
    const lines: string[] = [];
    if (this.skipped > 0) lines.push(lineOf(skippedSentence(this.skipped)));
    this.skipped = 0;
    const keys: string[] = [];
    let count = 0;
    let length = 0;
    while (length < pieceLength && (count % stride !== 0 || performance.now() < end || count === 0)) {
      const item = this.waiting[count];
      if (item === undefined) break;
      count++;
      const line = typeof item === 'string' ? item : renderMessage(item, options);
      length += line.length;
      lines.push(line);
      if (typeof item !== 'string') keys.push(keyOf(item));
    }
    this.waiting = this.waiting.slice(count);
    this.write({ text: `${maskSecrets(lines.join('\n'))}\n`, keys });
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
      `--- ${this.left} messages left this channel so far: whenever it grows to ${maxLength / 1024 / 1024} MB, only the newest ${keptLength / 1024 / 1024} MB stay. The events view still has those that the monitor holds. ---\n${this.pieces.map(({ text }) => text).join('')}`,
    );
  }
}

const keyOf = ({ partitionId, sequenceNumber }: ReceivedMessage) => `${partitionId}/${sequenceNumber}`;
const lineOf = (text: string) => `${new Date().toISOString()} --- ${text}`;
const skippedSentence = (count: number) =>
  `${count} messages came faster than this channel can be written, and are not in it. The events view has them.`;

const goneSentence = (count: number) =>
  `${count} messages that were in this channel are not in it any more; the events view has those that the monitor holds.`;

let saidTemplate: string | undefined;
let readTemplate: { readonly text: string; readonly format: RenderOptions['format'] } | undefined;

function renderOptions(): RenderOptions {
  return {
    showProperties: setting('monitor.showProperties'),
    format: formatOf(setting('monitor.format')),
    timeZone: setting('monitor.timeZone'),
    maxBytes: maxMessageBytes,
  };
}

/** A pattern that cannot be used is told of once, and one line is written for each message. */
function formatOf(format: 'pretty' | 'oneLine' | 'template'): RenderOptions['format'] {
  if (format !== 'template') return format;
  const text = setting('monitor.template');
  if (readTemplate?.text === text) return readTemplate.format;
  try {
    readTemplate = { text, format: parseLineTemplate(text) };
  } catch (error) {
    readTemplate = { text, format: 'oneLine' };
    if (saidTemplate !== text) void vscode.window.showWarningMessage(plainMessage(error));
    saidTemplate = text;
  }
  return readTemplate.format;
}
