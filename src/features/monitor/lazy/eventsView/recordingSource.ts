import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import { abortError, isAbort } from '../../../../core/base/abort';
import { Emitter } from '../../../../core/base/event';
import { formatCount } from '../../../../core/base/numbers';
import { plainMessage } from '../../../../core/errors';
import { MessageHistory } from '../../../../core/history/messageHistory';
import { type ReceivedMessage } from '../../../../core/message/receivedMessage';
import { type ViewState } from '../../../../webview/events/api';
import { setting } from '../../../../workbench/settings';
import { type EventsSource } from './eventsSource';

/** Milliseconds: the latest time of a `Date`. */
const maxTime = 8.64e15;

/** The messages of a recording, read once into a dedicated history. */
export class RecordingSource implements EventsSource {
  readonly history = new MessageHistory({
    maxBytes: setting('monitor.history.megabytes') * 1024 * 1024,
    maxMessages: setting('monitor.history.messages'),
  });
  status: ViewState['status'] = { kind: 'connecting', text: l10n.t('Loading…') };
  readonly isRunning = undefined;
  readonly hub = null;
  private lastTime = 0;
  private readonly changed = new Emitter<void>();
  private readonly controller = new AbortController();
  readonly onDidChange = this.changed.event;

  constructor(
    readonly uri: vscode.Uri,
    private readonly onProblem: (text: string) => void,
  ) {
    void this.load();
  }

  get title(): string {
    return path.basename(this.uri.fsPath);
  }

  get address(): ViewState['source'] {
    return { kind: 'recording', uri: this.uri.toString() };
  }

  get until(): number {
    return this.history.devices().reduce((latest, { lastAt }) => Math.max(latest, lastAt), 0) + 1_000;
  }

  dispose(): void {
    this.controller.abort(abortError());
    this.history.dispose();
  }

  private async load(): Promise<void> {
    try {
      const { openRecording } = await import('../../../../recording/index');
      const recording = openRecording(this.uri.fsPath, {
        signal: this.controller.signal,
        onProblem: (error) => this.onProblem(error.message),
      });
      for await (const messages of recording) {
        this.history.add(this.withTimes(messages));
        this.setStatus('connecting', l10n.t('Loading: {0}%', Math.round(recording.progress * 100)));
      }
      this.setStatus('idle', completionText(recording.skipped, recording.torn));
    } catch (error) {
      if (!isAbort(error)) this.setStatus('failed', plainMessage(error));
    }
  }

  /** The table and the charts are ordered by time: a message without one has that of the message before it. */
  private withTimes(messages: readonly ReceivedMessage[]): readonly ReceivedMessage[] {
    return messages.map((message) => {
      if (Math.abs(message.enqueuedAt) <= maxTime) this.lastTime = message.enqueuedAt;
      return this.lastTime === message.enqueuedAt ? message : { ...message, enqueuedAt: this.lastTime };
    });
  }

  private setStatus(kind: ViewState['status']['kind'], text: string): void {
    this.status = { kind, text };
    this.changed.fire();
  }
}

function completionText(skipped: number, isTruncated: boolean): string {
  if (skipped === 0) {
    return isTruncated ? l10n.t('Recording. The last line is truncated.') : l10n.t('Recording');
  }
  if (isTruncated) {
    return skipped === 1
      ? l10n.t('Recording. 1 line could not be read, and the last line is truncated.')
      : l10n.t(
          'Recording. {0} lines could not be read, and the last line is truncated.',
          formatCount(skipped),
        );
  }
  return skipped === 1
    ? l10n.t('Recording. 1 line could not be read.')
    : l10n.t('Recording. {0} lines could not be read.', formatCount(skipped));
}
