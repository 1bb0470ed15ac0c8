import { type Disposable } from '../../../../core/base/disposable';
import { type Event } from '../../../../core/base/event';
import { type MessageHistory } from '../../../../core/history/messageHistory';
import { type ViewState } from '../../../../webview/events/api';
import { type Monitor } from '../monitor';

/** Provides the messages of an events view. */
export interface EventsSource extends Disposable {
  readonly title: string;
  readonly history: MessageHistory;
  /** `null` for a recording. */
  readonly hub: ViewState['hub'];
  readonly address: ViewState['source'];
  readonly status: ViewState['status'];
  /** `undefined` when there is nothing to start or stop. */
  readonly isRunning: boolean | undefined;
  /** The last second to show, in milliseconds. */
  readonly until: number;
  readonly onDidChange: Event<void>;
}

/** The messages of a monitor, which keeps running when the view is closed. */
export class MonitorSource implements EventsSource {
  constructor(readonly monitor: Monitor) {}

  get title(): string {
    return this.monitor.label;
  }

  get history(): MessageHistory {
    return this.monitor.history;
  }

  get hub(): ViewState['hub'] {
    const { hubId, hubName } = this.monitor.target;
    return { id: hubId, name: hubName };
  }

  get address(): ViewState['source'] {
    const { deviceIds } = this.monitor.target;
    return { kind: 'monitor', ...(deviceIds ? { deviceIds: [...deviceIds] } : {}) };
  }

  get status(): ViewState['status'] {
    return this.monitor.status;
  }

  get isRunning(): boolean {
    return this.monitor.isRunning;
  }

  get until(): number {
    return Date.now();
  }

  get onDidChange(): Event<void> {
    return this.monitor.onDidChange;
  }

  dispose(): void {
    // The view does not own the monitor.
  }
}
