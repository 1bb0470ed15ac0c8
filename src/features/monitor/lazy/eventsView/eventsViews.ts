import * as vscode from 'vscode';
import { type Disposable } from '../../../../core/base/disposable';
import { type Hub } from '../../../../core/hub/hub';
import { type WebviewNeeds } from '../../../../workbench/webviewHost';
import { WebviewPanels } from '../../../../workbench/webviewPanels';
import { type Monitor } from '../monitor';
import { EventsPanel, eventsWebview, type ViewSurroundings } from './eventsPanel';
import { MonitorSource, type EventsSource } from './eventsSource';
import { RecordingSource } from './recordingSource';

type MonitorOf = (hub: Hub, deviceIds: readonly string[] | undefined) => Monitor;

/** The events views of a window. */
export class EventsViews implements Disposable {
  private readonly panels;

  constructor(
    private readonly surroundings: ViewSurroundings & WebviewNeeds,
    private readonly monitorOf: MonitorOf,
  ) {
    this.panels = new WebviewPanels<EventsPanel, typeof eventsWebview>(eventsWebview, surroundings);
  }

  openMonitor(monitor: Monitor): void {
    this.open(
      ({ source }) => source instanceof MonitorSource && source.monitor === monitor,
      () => new MonitorSource(monitor),
    );
  }

  openRecording(uri: vscode.Uri): void {
    this.open(
      ({ source }) => source instanceof RecordingSource && source.uri.toString() === uri.toString(),
      () => this.recording(uri),
    );
  }

  /** Restores a view after the window was reloaded. */
  restore(panel: vscode.WebviewPanel, state: unknown): void {
    this.panels.restore(panel, state, (restored, hub, { source }) => {
      if (source.kind === 'recording')
        return this.view(restored, this.recording(vscode.Uri.parse(source.uri)));
      return hub && this.view(restored, new MonitorSource(this.monitorOf(hub, source.deviceIds)));
    });
  }

  dispose(): void {
    this.panels.dispose();
  }

  private open(isSame: (panel: EventsPanel) => boolean, source: () => EventsSource): void {
    const known = this.panels.find(isSame);
    if (known) known.reveal();
    else this.panels.open((panel) => this.view(panel, source()));
  }

  private view(panel: vscode.WebviewPanel, source: EventsSource): EventsPanel {
    return new EventsPanel(panel, source, this.surroundings);
  }

  private recording(uri: vscode.Uri): RecordingSource {
    return new RecordingSource(uri, (text) => this.surroundings.log.warn(text));
  }
}
