import * as v from 'valibot';
import * as vscode from 'vscode';
import { type Disposable } from '../../../../core/base/disposable';
import { type Logger } from '../../../../core/base/logger';
import { savedSchema } from '../../../../webview/events/api';
import { type ReadOnlyDocuments } from '../../../../workbench/readOnlyDocuments';
import { eventsViewType } from '../../eventsViewType';
import { type Monitor } from '../monitor';
import { EventsPanel } from './eventsPanel';
import { MonitorSource, type EventsSource } from './eventsSource';
import { RecordingSource } from './recordingSource';

export interface ViewSurroundings {
  readonly extensionUri: vscode.Uri;
  readonly bodies: ReadOnlyDocuments;
  readonly log: Logger;
  isRecording(monitor: Monitor): boolean;
  toggleRecording(monitor: Monitor): Promise<void>;
  toggleMonitor(monitor: Monitor): Promise<void>;
  whyNoMessages(monitor: Monitor): Promise<void>;
}

/** The events views of a window. */
export class EventsViews implements Disposable {
  private readonly panels = new Set<EventsPanel>();

  constructor(private readonly surroundings: ViewSurroundings) {}

  openMonitor(monitor: Monitor): void {
    const known = [...this.panels].find(
      ({ source }) => source instanceof MonitorSource && source.monitor === monitor,
    );
    if (known) return known.reveal();
    this.create(new MonitorSource(monitor));
  }

  openRecording(uri: vscode.Uri): void {
    const known = [...this.panels].find(
      ({ source }) => source instanceof RecordingSource && source.uri.toString() === uri.toString(),
    );
    if (known) return known.reveal();
    this.create(this.recording(uri));
  }

  /** Brings a view back after the window was loaded again; one whose hub is gone goes too. */
  restore(
    panel: vscode.WebviewPanel,
    state: unknown,
    monitorOf: (hubId: string, deviceIds: readonly string[] | undefined) => Monitor | undefined,
  ): void {
    const saved = v.safeParse(savedSchema, state);
    if (!saved.success) {
      panel.dispose();
      return;
    }
    const { source } = saved.output;
    if (source.kind === 'recording') return this.adopt(panel, this.recording(vscode.Uri.parse(source.uri)));
    const monitor = monitorOf(source.hubId, source.deviceIds);
    if (monitor) this.adopt(panel, new MonitorSource(monitor));
    else panel.dispose();
  }

  dispose(): void {
    for (const panel of [...this.panels]) panel.dispose();
  }

  private recording(uri: vscode.Uri): RecordingSource {
    return new RecordingSource(uri, (text) => this.surroundings.log.warn(text));
  }

  private create(source: EventsSource): void {
    const panel = vscode.window.createWebviewPanel(eventsViewType, source.title, vscode.ViewColumn.Active);
    this.adopt(panel, source);
  }

  private adopt(webviewPanel: vscode.WebviewPanel, source: EventsSource): void {
    const panel = new EventsPanel(webviewPanel, source, this.surroundings);
    this.panels.add(panel);
    panel.onDidDispose(() => this.panels.delete(panel));
  }
}
