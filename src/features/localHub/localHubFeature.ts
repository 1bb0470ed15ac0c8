import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands, contextKeys } from '../../contributions';
import { configuredProxy } from '../../core/mqtt/webProxy';
import { type Services } from '../../services';
import { executeCommand, showFailure, type RegisterCommand } from '../../workbench/commands';
import { setContext } from '../../workbench/contextKeys';
import { MaskedLog } from '../../workbench/log';
import { confirm } from '../../workbench/prompts';
import { proxySettings } from '../../workbench/proxySettings';
import { setting } from '../../workbench/settings';
import { registerLocalHubCopyCommands } from './localHubCopyCommands';
import { LocalHubControl } from './localHubControl';
import { localHubMenu } from './localHubMenu';
import { LocalHubSource, startWithProgress } from './localHubSource';
import { showNotices } from './localHubNotices';
import { localHubId, localHubStatusText } from './localHubState';
import { showError } from '../../workbench/notifications';

/** The local hub: a separate process, shown in the tree and the status bar, with its own log. */
export function registerLocalHub(
  { hubs, devices, certificates, log }: Pick<Services, 'hubs' | 'devices' | 'certificates' | 'log'>,
  context: vscode.ExtensionContext,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const hubLog = store.add(new MaskedLog(l10n.t('IoT Hub Workbench: Local Hub')));
  const control = store.add(new LocalHubControl(() => startOptions(context, hubLog), log));
  const onFailure = (error: unknown) => void showFailure(error, l10n.t('Starting the local hub'), log);

  store.add(control.onDidChange(() => onStateChanged(control, { devices, certificates })));
  store.add(showNotices(control, log));
  store.add(control.onDidCrash((reason) => void offerRestart(reason)));
  hubs.add(new LocalHubSource(control, onFailure));
  store.add(showInStatusBar(control));

  store.add(
    registerCommand(
      commands.startLocalHub,
      async () => void (await startWithProgress(() => control.start())),
    ),
  );
  store.add(registerCommand(commands.stopLocalHub, () => control.stop()));
  store.add(registerCommand(commands.restartLocalHub, () => control.restart()));
  store.add(registerCommand(commands.resetLocalHub, () => reset(control)));
  store.add(registerCommand(commands.showLocalHubLog, () => hubLog.show()));
  store.add(registerCommand(commands.localHubMenu, () => localHubMenu(control.state)));
  store.add(registerLocalHubCopyCommands(control, registerCommand));

  if (setting('localHub.autoStart')) control.start().catch(onFailure);
  return store;
}

function startOptions(context: vscode.ExtensionContext, log: MaskedLog) {
  return {
    program: context.asAbsolutePath('dist/localHub.js'),
    nodePath: process.execPath,
    dataFolder: vscode.Uri.joinPath(context.globalStorageUri, 'local-hub').fsPath,
    ports: {
      mqtt: setting('localHub.mqttPort'),
      https: setting('localHub.httpsPort'),
      amqp: setting('localHub.amqpPort'),
      amqpPlain: setting('localHub.amqpPlainPort'),
    },
    sample: setting('localHub.sampleDevices'),
    dailyQuota: setting('localHub.dailyQuota'),
    messagesPerSecond: setting('localHub.messagesPerSecond'),
    durability: setting('localHub.durability'),
    hubAddresses: hubAddresses(),
    onLog: (level: 'debug' | 'info' | 'warn' | 'error', text: string) => log[level](text),
  };
}

/**
 * VS Code sends requests to such an address through a configured proxy, where they end; of the hosts of this computer it
 * excludes only localhost and 127.0.0.1.
 */
const hubAddresses = (): 'auto' | 'off' =>
  configuredProxy('127.0.2.2', 443, proxySettings()) === undefined ? setting('localHub.hubAddresses') : 'off';

function onStateChanged(
  { state }: LocalHubControl,
  { devices, certificates }: Pick<Services, 'devices' | 'certificates'>,
): void {
  setContext(contextKeys.isLocalHubRunning, state.kind === 'running');
  if (state.kind !== 'running') {
    devices.forget(localHubId);
    certificates.forget(localHubId);
  }
}

function showInStatusBar(control: LocalHubControl): Disposable {
  const item = vscode.window.createStatusBarItem(
    'iotHubWorkbench.localHub',
    vscode.StatusBarAlignment.Left,
    11,
  );
  item.name = l10n.t('IoT Hub: Local Hub');
  item.command = commands.localHubMenu;
  const draw = () => {
    const { text, tooltip, isError, isWarning } = localHubStatusText(control.state);
    item.text = text;
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: tooltip, role: 'button' };
    item.backgroundColor = isError
      ? new vscode.ThemeColor('statusBarItem.errorBackground')
      : isWarning
        ? new vscode.ThemeColor('statusBarItem.warningBackground')
        : undefined;
  };
  draw();
  item.show();
  const store = new DisposableStore();
  store.add(item);
  store.add(control.onDidChange(draw));
  return store;
}

async function offerRestart(reason: string): Promise<void> {
  const restart = l10n.t('Restart');
  const showLog = l10n.t('Show Log');
  const answer = await showError(l10n.t('The local hub stopped: {0}', reason), restart, showLog);
  if (answer === restart) await executeCommand(commands.restartLocalHub);
  if (answer === showLog) await executeCommand(commands.showLocalHubLog);
}

async function reset(control: LocalHubControl): Promise<void> {
  await confirm(
    l10n.t('Delete all data of the local hub?'),
    l10n.t(
      'Its devices and keys, messages, policies, and certificate authority will be permanently deleted for all windows. Copied connection strings and CA files will stop working. New ones are created the next time the local hub starts.',
    ),
    l10n.t('Delete Data'),
  );
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: l10n.t('Resetting the local hub') },
    () => control.reset(),
  );
}
