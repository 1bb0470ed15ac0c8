import * as l10n from '@vscode/l10n';
import { type DeviceSummary } from '../core/device/device';
import { type Hub } from '../core/hub/hub';
import { hubCan, type HubCapability } from '../core/hub/hubCapabilities';
import { IotError } from '../core/errors';
import { type Services } from '../services';
import { noBack, pickOne } from '../workbench/prompts';
import { hubDescription } from './hubPresentation';
import { type Node, type NodeOf } from './nodes';
import { pickDeviceOf } from './pickDevice';

export interface HubQuestion {
  readonly title: string;
  readonly placeholder?: string;
  /** Only hubs that can do this are offered. */
  readonly needs: HubCapability;
  /** Additional condition for a hub to be offered. */
  readonly isFitting?: (hub: Hub) => boolean;
  /** Message when no hub is suitable. */
  readonly none?: string;
}

/** The hub of the node, or the one that the user selects; a single one is not asked for. */
export async function pickHub(
  { hubs }: Pick<Services, 'hubs'>,
  node: Node | undefined,
  question: HubQuestion,
): Promise<Hub> {
  if (node?.hubId !== undefined) return hubs.get(node.hubId);
  const fitting = hubs
    .list()
    .filter((hub) => hubCan(hub, question.needs) && (question.isFitting?.(hub) ?? true));
  const [only] = fitting;
  if (!only) {
    throw new IotError(
      'invalidInput',
      question.none ?? l10n.t('There are no hubs yet. Add one by its connection string.'),
      question.none ? {} : { action: { kind: 'addHub' } },
    );
  }
  if (fitting.length === 1) return only;
  return noBack(
    await pickOne({
      title: question.title,
      placeholder: question.placeholder ?? l10n.t('Select a hub'),
      choices: fitting.map((hub) => ({ label: hub.name, description: hubDescription(hub), value: hub })),
    }),
  );
}

export interface DeviceTarget {
  readonly hub: Hub;
  readonly device: DeviceSummary;
}

/** The device of the node, or the one that the user selects. */
export async function pickDevice(
  services: Pick<Services, 'hubs' | 'registries' | 'devices'>,
  node: NodeOf<'device'> | undefined,
  title: string,
): Promise<DeviceTarget> {
  if (node) return { hub: services.hubs.get(node.hubId), device: node.device };
  const hub = await pickHub(services, undefined, { title, needs: 'manageDevices' });
  return { hub, device: await pickDeviceOf(services, hub, title) };
}

/**
 * The devices of a command: all selected ones when the clicked one is among them, otherwise the clicked one alone, or
 * the one that the user selects. They belong to one hub.
 */
export async function pickDevices(
  services: Pick<Services, 'hubs' | 'registries' | 'devices'>,
  node: NodeOf<'device'> | undefined,
  selection: readonly Node[] | undefined,
  title: string,
): Promise<{ readonly hub: Hub; readonly devices: readonly DeviceSummary[] }> {
  const { hub, device } = await pickDevice(services, node, title);
  const selected = (selection ?? [])
    .filter((other): other is NodeOf<'device'> => other.kind === 'device' && other.hubId === hub.id)
    .map((other) => other.device);
  const isAmong = selected.some(({ deviceId }) => deviceId === device.deviceId);
  return { hub, devices: node && isAmong ? selected : [device] };
}
