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
  /** What else a hub must be to be offered. */
  readonly isFitting?: (hub: Hub) => boolean;
  /** Said when no hub fits. */
  readonly none?: string;
}

/** The hub of the node, or the one that the person picks; a single one needs no question. */
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
      question.none ?? 'There is no hub yet. Add one by its connection string.',
      question.none ? {} : { action: { kind: 'addHub' } },
    );
  }
  if (fitting.length === 1) return only;
  return noBack(
    await pickOne({
      title: question.title,
      placeholder: question.placeholder ?? 'Which hub?',
      choices: fitting.map((hub) => ({ label: hub.name, description: hubDescription(hub), value: hub })),
    }),
  );
}

export interface DeviceTarget {
  readonly hub: Hub;
  readonly device: DeviceSummary;
}

/** The device of the node, or the one that the person picks. */
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
 * Every device that a command is for: all that are selected when the clicked one is among them, the clicked
 * one alone otherwise, or the one that the person picks. They are of one hub.
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
