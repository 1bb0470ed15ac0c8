import * as l10n from '@vscode/l10n';
import { DisposableStore, type Disposable } from '../core/base/disposable';
import { commands } from '../contributions';
import { type Services } from '../services';
import { type RegisterCommand } from '../workbench/commands';
import { azureScopeOf, type Node } from './nodes';
import { pickDeviceOf } from './pickDevice';
import { pickHub } from './pickTarget';

type Needs = Pick<Services, 'hubs' | 'registries' | 'devices' | 'certificates' | 'explorer' | 'azure'>;

/** Commands of the tree itself. */
export function registerExplorerCommands(services: Needs, registerCommand: RegisterCommand): Disposable {
  const store = new DisposableStore();
  store.add(registerCommand(commands.refresh, (node) => refresh(services, node)));
  store.add(registerCommand(commands.loadMore, (node) => loadMore(services, node)));
  store.add(registerCommand(commands.goToDevice, (node) => goToDevice(services, node)));
  return store;
}

function refresh({ hubs, devices, certificates, explorer, azure }: Needs, node?: Node): void {
  const { subscription, account } = azureScopeOf(node);
  const isAzure = subscription !== undefined || account !== undefined || isAtAzure(node);
  for (const hub of hubs.list()) {
    if (hub.status !== 'ready' || (node && node.hubId !== hub.id)) continue;
    devices.refresh(hub.id);
    certificates.refresh(hub.id);
  }
  const entry = node?.kind === 'hub' ? azure.find(node.hubId) : undefined;
  if (!node || isAzure) azure.refresh(subscription);
  else if (entry) azure.refresh(entry.subscription);
  explorer.redraw();
}

const isAtAzure = (node: Node | undefined) => node?.kind === 'failure' && node.branch === 'azure';

async function loadMore({ hubs, devices }: Needs, node?: Node): Promise<void> {
  const hub = await pickHub({ hubs }, node, { title: l10n.t('Load More Devices'), needs: 'manageDevices' });
  await devices.loadMore(hub.id);
}

async function goToDevice(services: Needs, node?: Node): Promise<void> {
  const title = l10n.t('Go to Device');
  const hub = await pickHub(services, node, { title, needs: 'manageDevices' });
  const device = await pickDeviceOf(services, hub, title);
  await services.devices.load(hub.id);
  services.devices.put(hub.id, device);
  await services.explorer.reveal({ kind: 'device', hubId: hub.id, device }, { isGoal: true });
}
