import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type Hub, type HubSource } from '../../core/hub/hub';
import { parseHubConnection, type HubConnection, type HubRight } from '../../core/hub/hubConnection';
import { type LocalHubControl } from './localHubControl';
import { toLocalHub } from './localHubState';

/** The local hub in the list of hubs. While it is running it is used by its connection string. */
export class LocalHubSource implements HubSource {
  readonly onDidChange: HubSource['onDidChange'];

  constructor(
    private readonly control: LocalHubControl,
    private readonly onStartFailed: (error: unknown) => void,
  ) {
    this.onDidChange = control.onDidChange;
  }

  hubs(): readonly Hub[] {
    return [toLocalHub(this.control.state)];
  }

  async connection(
    _hubId: string,
    _rights: readonly HubRight[],
    signal?: AbortSignal,
  ): Promise<HubConnection> {
    const endpoints =
      this.control.state.kind === 'running'
        ? this.control.state.endpoints
        : await startWithProgress((end) => this.control.startUnlessFailed(end), signal);
    return parseHubConnection(endpoints.workbenchConnectionString);
  }

  opened(): void {
    if (this.control.state.kind === 'stopped')
      startWithProgress(() => this.control.start()).then(undefined, this.onStartFailed);
  }
}

export function startWithProgress<T>(start: (signal?: AbortSignal) => Promise<T>, signal?: AbortSignal) {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: l10n.t('Starting the local hub') },
    () => start(signal),
  );
}
