import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { commands } from '../../../contributions';
import { safeText, singleLine } from '../../../core/base/singleLine';
import { monitorStatus, type MonitorState, type Silence } from './monitorSession';
import { type MonitorTarget } from './monitorTarget';

const drawEveryMs = 250;

/** The status bar item of a monitor; updated at a limited rate, however many messages arrive. */
export class MonitorStatusItem implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly target: MonitorTarget,
    private readonly look: () => readonly [MonitorState, Silence],
  ) {
    this.item = vscode.window.createStatusBarItem(
      `iotHubWorkbench.monitor.${target.id}`,
      vscode.StatusBarAlignment.Left,
      10,
    );
    this.item.name = singleLine(l10n.t('IoT Hub Monitor: {0}', target.label));
    this.item.command = {
      title: l10n.t('Monitoring Actions…'),
      command: commands.monitorMenu,
      arguments: [target.id],
    };
  }

  drawSoon(): void {
    this.timer ??= setTimeout(() => this.draw(), drawEveryMs);
  }

  draw(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const [state, silence] = this.look();
    const status = monitorStatus(state, this.target.label, silence);
    if (!status) return this.item.hide();
    this.item.text = status.text;
    this.item.tooltip = safeText(status.tooltip);
    this.item.accessibilityInformation = { label: status.tooltip };
    this.item.backgroundColor = status.isError
      ? new vscode.ThemeColor('statusBarItem.errorBackground')
      : undefined;
    this.item.show();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.item.dispose();
  }
}
