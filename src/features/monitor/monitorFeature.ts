import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { type Hub } from '../../core/hub/hub';
import { commands, contextKeys } from '../../contributions';
import { type Node } from '../../explorer/nodes';
import { pickDevice, pickHub } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
import { setContext } from '../../workbench/contextKeys';
import { withProgress } from '../../workbench/progress';
import { changeSetting, setting } from '../../workbench/settings';
import { findSilence } from './findSilence';
import { askFilter, askStart } from './chooseMessages';
import { HubMonitor } from './hubMonitor';
import { ChoicesByHub, type StartFrom } from './monitorChoices';

type Needs = Pick<Services, 'hubs' | 'marks' | 'registries' | 'devices' | 'events' | 'log'>;

/** One monitor for each hub that asks for it. */
export function registerMonitor(
  services: Needs,
  { workspaceState }: Pick<vscode.ExtensionContext, 'workspaceState'>,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const choices = new ChoicesByHub(workspaceState);
  const monitors = store.add(new HubMonitors(services, choices));
  store.add(registerCommand(commands.startMonitoring, (node) => startMonitoring(services, monitors, node)));
  store.add(registerCommand(commands.stopMonitoring, (node) => stopMonitoring(services, monitors, node)));
  store.add(
    registerCommand(commands.startMonitoringFrom, async (node) => {
      const hub = await pickHub(services, node, { title: 'Start Monitoring From' });
      const from = await askStart(hub, choices);
      const monitor = monitors.of(hub);
      await monitor.stop();
      await connect(hub, monitor, from);
    }),
  );
  store.add(
    registerCommand(commands.filterMessages, async (node) => {
      const hub = await pickHub(services, node, { title: 'Filter Messages' });
      await monitors.of(hub).setFilter(await askFilter(hub, choices.of(hub.id).filter ?? ''));
    }),
  );
  store.add(
    registerCommand(commands.monitorDevice, async (node) => {
      const { hub, device } = await pickDevice(services, node, 'Monitor Device');
      const monitor = monitors.of(hub);
      await monitor.setFilter(`device:"${device.deviceId}"`);
      if (monitor.isRunning) monitor.show();
      else await connect(hub, monitor);
    }),
  );
  store.add(
    registerCommand(commands.whyNoMessages, async (node) => {
      const hub = await pickHub(services, node, { title: 'Why No Messages?' });
      // The channel is the place for what is found out, also of a hub that is not monitored.
      await findSilence(services, hub, monitors.of(hub));
    }),
  );
  store.add(registerCommand(commands.toggleMessageProperties, toggleMessageProperties));
  return store;
}

async function startMonitoring({ hubs }: Needs, monitors: HubMonitors, node?: Node): Promise<void> {
  const hub = await pickHub({ hubs }, node, { title: 'Start Monitoring' });
  const monitor = monitors.of(hub);
  if (monitor.isRunning) return monitor.show();
  await connect(hub, monitor);
}

async function connect(hub: Hub, monitor: HubMonitor, from?: StartFrom): Promise<void> {
  await withProgress(`Connecting to the events of ${hub.name}`, (signal) => monitor.start(signal, from));
}

async function stopMonitoring({ hubs }: Needs, monitors: HubMonitors, node?: Node): Promise<void> {
  const hub = await pickHub({ hubs }, node, {
    title: 'Stop Monitoring',
    isFitting: ({ id }) => monitors.find(id)?.isRunning === true,
    none: 'No hub is being monitored.',
  });
  await monitors.find(hub.id)?.stop();
}

async function toggleMessageProperties(): Promise<void> {
  await changeSetting('monitor.showProperties', !setting('monitor.showProperties'));
}

class HubMonitors implements Disposable {
  private readonly store = new DisposableStore();
  private readonly monitors = new Map<string, HubMonitor>();

  constructor(
    private readonly services: Needs,
    private readonly choices: ChoicesByHub,
  ) {
    this.store.add(services.hubs.onDidChange(() => this.followHubs()));
  }

  of(hub: Hub): HubMonitor {
    const known = this.monitors.get(hub.id);
    if (known) return known;
    const monitor = this.store.add(new HubMonitor(hub.id, hub.name, this.services, this.choices));
    this.monitors.set(hub.id, monitor);
    this.store.add(monitor.onDidChange(() => this.mark()));
    return monitor;
  }

  find(hubId: string): HubMonitor | undefined {
    return this.monitors.get(hubId);
  }

  dispose(): void {
    this.store.dispose();
  }

  private mark(): void {
    for (const [hubId, monitor] of this.monitors)
      this.services.marks.set(hubId, 'monitored', monitor.isRunning);
    setContext(
      contextKeys.isMonitoring,
      [...this.monitors.values()].some(({ isRunning }) => isRunning),
    );
  }

  /** A hub that was removed or switched off has no more events. */
  private followHubs(): void {
    for (const [hubId, monitor] of this.monitors) {
      const hub = this.services.hubs.find(hubId);
      if (!hub) {
        this.monitors.delete(hubId);
        void monitor.stop().finally(() => monitor.dispose());
      } else if (hub.status.kind === 'off') void monitor.stop('The hub was stopped, so monitoring ends.');
    }
  }
}
