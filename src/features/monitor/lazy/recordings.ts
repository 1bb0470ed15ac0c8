import path from 'node:path';
import * as vscode from 'vscode';
import { type Disposable } from '../../../core/base/disposable';
import { Emitter } from '../../../core/base/event';
import { heldThenLive } from '../../../core/history/heldThenLive';
import { contextKeys, commands } from '../../../contributions';
import { type Logger } from '../../../core/base/logger';
import { formatCount } from '../../../core/base/numbers';
import type * as recording from '../../../recording/index';
import { setContext } from '../../../workbench/contextKeys';
import { executeCommand } from '../../../workbench/commands';
import { noBack, pickOne } from '../../../workbench/prompts';
import { setting } from '../../../workbench/settings';
import { type Monitor } from './monitor';

const formats = [
  { label: 'JSON Lines', description: '.jsonl', detail: 'One JSON object for each message', value: 'jsonl' },
  { label: 'CSV', description: '.csv', detail: 'For spreadsheets', value: 'csv' },
  {
    label: 'SQLite',
    description: '.sqlite',
    detail: 'A database to query, with JSON bodies',
    value: 'sqlite',
  },
] as const;

interface Running {
  readonly recorder: recording.Recorder;
  readonly file: string;
  readonly sink: Disposable;
}

/** What is being recorded, one file for each monitor. */
export class Recordings implements Disposable {
  private readonly running = new Map<string, Running>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly log: Logger) {}

  of(monitor: Monitor): { readonly file: string; readonly written: number } | undefined {
    const found = this.running.get(monitor.target.id);
    return found && { file: found.file, written: found.recorder.written };
  }

  isRecording(monitor: Monitor): boolean {
    return this.running.has(monitor.target.id);
  }

  /** Asks how and where to, and records what comes from now on, after what is held already when that is wanted. */
  async start(monitor: Monitor): Promise<void> {
    const format = noBack(
      await pickOne({ title: 'Record Messages', placeholder: 'As what?', choices: [...formats] }),
    );
    const held = monitor.history.end - monitor.history.first;
    const withHeld =
      held > 0 &&
      noBack(
        await pickOne({
          title: 'Record Messages',
          placeholder: 'From when?',
          choices: [
            { label: 'From now on', value: false },
            { label: `Also the ${formatCount(held)} messages that the monitor holds`, value: true },
          ],
        }),
      );
    const uri = await vscode.window.showSaveDialog({
      title: 'Record Messages',
      saveLabel: 'Record',
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
    const where = files.length > 1 ? `${files.length} files beside ${found.file}` : found.file;
    const text = `${formatCount(written)} messages were recorded to ${where}.${lost > 0 ? ` ${lost} were lost: they could not be written.` : ''}`;
    monitor.say(text);
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
        this.log.error('Recording has a problem.', error);
        monitor.say(error.message);
        void vscode.window.showErrorMessage(error.message);
      },
    });
    const copy = withHeld
      ? heldThenLive(monitor.history, (sink) => monitor.addSink(sink), recorder)
      : undefined;
    const sink = copy ?? monitor.addSink((messages) => recorder.add(messages));
    this.running.set(monitor.target.id, { recorder, file, sink });
    monitor.setRecording(true);
    this.mark();
    monitor.say(`Messages are recorded to ${file}.`);
    const left = (await copy?.caughtUp) ?? 0;
    if (left > 0)
      monitor.say(`${formatCount(left)} messages left the monitor before they could be recorded.`);
  }

  private mark(): void {
    setContext(contextKeys.isRecording, this.running.size > 0);
    this.changed.fire();
  }

  private async offer(text: string, file: string, isWarning: boolean): Promise<void> {
    const open = 'Open in Events View';
    const show = isWarning ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    if ((await show(text, open)) === open)
      await executeCommand(commands.openRecording, vscode.Uri.file(file));
  }
}

function defaultFile(label: string, format: recording.RecordingFormat): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const name = `${label.replace(/[^\w.-]+/g, '-')}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`;
  return vscode.Uri.file(folder === undefined ? name : path.join(folder, name));
}
