import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type Disposable } from '../../../core/base/disposable';
import { Emitter } from '../../../core/base/event';
import { replayThenLive } from '../../../core/history/replayThenLive';
import { contextKeys, commands } from '../../../contributions';
import { type Logger } from '../../../core/base/logger';
import { formatCount } from '../../../core/base/numbers';
import type * as recording from '../../../recording/index';
import { setContext } from '../../../workbench/contextKeys';
import { executeCommand } from '../../../workbench/commands';
import { noBack, pickOne, type Choice } from '../../../workbench/prompts';
import { setting } from '../../../workbench/settings';
import { type Monitor } from './monitor';
import { showError, showInformation, showWarning } from '../../../workbench/notifications';

const recordingFormats = (): readonly Choice<recording.RecordingFormat>[] => [
  {
    label: l10n.t('JSON Lines'),
    description: '.jsonl',
    detail: l10n.t('One JSON object per message'),
    value: 'jsonl',
  },
  { label: l10n.t('CSV'), description: '.csv', detail: l10n.t('For spreadsheets'), value: 'csv' },
  {
    label: l10n.t('SQLite'),
    description: '.sqlite',
    detail: l10n.t('A database that can be queried, with JSON bodies'),
    value: 'sqlite',
  },
];

interface Running {
  readonly recorder: recording.Recorder;
  readonly file: string;
  readonly sink: Disposable;
}

/** The running recordings, one for each monitor. */
export class Recordings implements Disposable {
  private readonly running = new Map<string, Running>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly log: Logger) {}

  get(monitor: Monitor): { readonly file: string; readonly written: number } | undefined {
    const found = this.running.get(monitor.target.id);
    return found && { file: found.file, written: found.recorder.written };
  }

  isRecording(monitor: Monitor): boolean {
    return this.running.has(monitor.target.id);
  }

  /** Prompts for format and file, and records new messages, optionally after the buffered ones. */
  async start(monitor: Monitor): Promise<void> {
    const formats = recordingFormats();
    const format = noBack(
      await pickOne({
        title: l10n.t('Record Messages'),
        placeholder: l10n.t('Select a recording format'),
        choices: formats,
      }),
    );
    const held = monitor.history.end - monitor.history.first;
    const withHeld =
      held > 0 &&
      noBack(
        await pickOne({
          title: l10n.t('Record Messages'),
          placeholder: l10n.t('Select which messages to record'),
          choices: [
            { label: l10n.t('New messages only'), value: false },
            {
              label:
                held === 1
                  ? l10n.t('Include the message already received')
                  : l10n.t('Include the {0} messages already received', formatCount(held)),
              value: true,
            },
          ],
        }),
      );
    const uri = await vscode.window.showSaveDialog({
      title: l10n.t('Record Messages'),
      saveLabel: l10n.t({ message: 'Record', comment: ['Verb, button'], args: [] }),
      defaultUri: defaultFile(monitor.label, format),
      filters: { [formats.find(({ value }) => value === format)?.label ?? format]: [format] },
    });
    if (uri) await this.record(monitor, uri.fsPath, format, withHeld);
  }

  async stop(monitor: Monitor): Promise<void> {
    const found = this.running.get(monitor.target.id);
    if (!found) return;
    this.running.delete(monitor.target.id);
    monitor.flush();
    found.sink.dispose();
    await found.recorder.close();
    monitor.setRecording(false);
    this.mark();
    const { written, files, lost } = found.recorder;
    const text = resultText(written, found.file, files.length, lost);
    monitor.writeNotice(text);
    void this.offer(text, found.file, lost > 0);
  }

  dispose(): void {
    for (const { recorder, sink } of this.running.values()) {
      sink.dispose();
      void recorder.close();
    }
    this.running.clear();
    this.changed.dispose();
  }

  private async record(
    monitor: Monitor,
    file: string,
    format: recording.RecordingFormat,
    withHeld: boolean,
  ): Promise<void> {
    const { openRecorder } = await import('../../../recording/index');
    await this.stop(monitor);
    const recorder = await openRecorder({
      file,
      format,
      rotateBytes: setting('monitor.recording.rotateMegabytes') * 1024 * 1024,
      onProblem: (error) => {
        this.log.error('Recording failed.', error);
        monitor.writeNotice(error.message);
        void showError(error.message);
      },
    });
    const copy = withHeld
      ? replayThenLive(monitor.history, (sink) => monitor.addSink(sink), recorder)
      : undefined;
    const sink = copy ?? monitor.addSink((messages) => recorder.add(messages));
    this.running.set(monitor.target.id, { recorder, file, sink });
    monitor.setRecording(true);
    this.mark();
    monitor.writeNotice(l10n.t('Recording messages to {0}.', file));
    const discarded = (await copy?.caughtUp) ?? 0;
    if (discarded > 0) {
      monitor.writeNotice(
        discarded === 1
          ? l10n.t('1 message was discarded from the buffer before it could be recorded.')
          : l10n.t(
              '{0} messages were discarded from the buffer before they could be recorded.',
              formatCount(discarded),
            ),
      );
    }
  }

  private mark(): void {
    setContext(contextKeys.isRecording, this.running.size > 0);
    this.changed.fire();
  }

  private async offer(text: string, file: string, isWarning: boolean): Promise<void> {
    const open = l10n.t('Open in Events View');
    const show = isWarning ? showWarning : showInformation;
    if ((await show(text, open)) === open)
      await executeCommand(commands.openRecording, vscode.Uri.file(file));
  }
}

function resultText(written: number, file: string, files: number, lost: number): string {
  const recorded = recordedText(written, file, files);
  if (lost === 0) return recorded;
  return lost === 1
    ? l10n.t('{0} 1 message could not be written and was lost.', recorded)
    : l10n.t('{0} {1} messages could not be written and were lost.', recorded, formatCount(lost));
}

function recordedText(written: number, file: string, files: number): string {
  const count = formatCount(written);
  if (files > 1) {
    return l10n.t(
      '{0} messages were recorded to {1} files, starting with {2}.',
      count,
      formatCount(files),
      file,
    );
  }
  return written === 1
    ? l10n.t('1 message was recorded to {0}.', file)
    : l10n.t('{0} messages were recorded to {1}.', count, file);
}

function defaultFile(label: string, format: recording.RecordingFormat): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const name = `${label.replace(/[^\w.-]+/g, '-')}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`;
  return vscode.Uri.file(folder === undefined ? name : path.join(folder, name));
}
