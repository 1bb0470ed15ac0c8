import * as vscode from 'vscode';
import { delay, isAbort } from '../../../core/base/abort';
import { inParallel } from '../../../core/base/inParallel';
import { type DeviceSummary } from '../../../core/device/device';
import { allDevices } from '../../../core/device/deviceQuery';
import { type Hub } from '../../../core/hub/hub';
import { hubCan } from '../../../core/hub/hubCapabilities';
import { type PartitionState } from '../../../core/message/eventSource';
import { whyNoMessages, type Finding, type Fix } from '../../../core/message/whyNoMessages';
import { commands } from '../../../contributions';
import { type Services } from '../../../services';
import { executeCommand } from '../../../workbench/commands';
import { withProgress } from '../../../workbench/progress';
import { proxySettings } from '../../../workbench/proxySettings';
import { setting } from '../../../workbench/settings';
import { type Monitor } from './monitor';

type Needs = Pick<Services, 'hubs' | 'registries' | 'events' | 'hubSettings'>;

/** How many devices are looked at; more would cost queries, of which hubs allow few. */
const maxDevices = 200;
/** Of those that are watched, each of which is asked for. */
const maxWatched = 20;
/** How long a conflict with other readers may take to show. */
const probeMs = 700;

/** What helps, done with the monitor that is silent. */
export interface NoMessagesFixes {
  start(): Promise<void>;
  startFrom(): Promise<void>;
  changeFilter(): Promise<void>;
}

/** Looks at everything on the way of a message, writes it to the channel, and offers what helps. */
export async function diagnoseNoMessages(
  services: Needs,
  hub: Hub,
  monitor: Monitor,
  fixes: NoMessagesFixes,
): Promise<void> {
  const findings = await withProgress(`Looking for the messages of ${hub.name}`, async (signal) => {
    const { consumerGroup } = monitor;
    const settings = () => services.hubSettings.forHub(hub.id, signal);
    const [devices, partitions, routing, quota, groups] = await Promise.all([
      orReason(async () =>
        hubCan(hub, 'manageDevices') ? readDevices(services, monitor, signal) : undefined,
      ),
      orReason<readonly PartitionState[]>(() => readPartitions(services, hub, monitor, signal)),
      orReason(async () => (await settings()).routing(signal)),
      orReason(async () => (await settings()).quota(signal)),
      orReason(async () => (await settings()).consumerGroups(signal)),
    ]);
    const { since, received, hiding, status, trouble } = monitor;
    return whyNoMessages({
      monitor: { kind: status.kind, trouble },
      consumerGroup,
      ...known('routing', routing),
      ...known('quota', quota),
      ...known('consumerGroups', groups),
      ...(since === undefined ? {} : { since }),
      received,
      ...(hiding ? { hiding } : {}),
      ...(devices instanceof Error ? { devices } : devices),
      partitions,
      now: Date.now(),
    });
  });
  monitor.explain(findings.map(({ isCause, text }) => `${isCause ? '✗' : '✓'} ${text}`));
  await offer(hub, findings, fixes);
}

/** Those that the monitor watches, wherever they are in the registry, or the first ones of the hub. */
async function readDevices(
  { registries }: Needs,
  { target: { hubId, deviceIds } }: Monitor,
  signal: AbortSignal,
): Promise<{ readonly devices: readonly DeviceSummary[]; readonly missing?: readonly string[] }> {
  const registry = await registries.forHub(hubId, signal);
  if (!deviceIds)
    return { devices: (await registry.list(allDevices, maxDevices, undefined, signal)).devices };
  const watched = deviceIds.slice(0, maxWatched);
  const found = await inParallel(watched, 4, (id) => registry.find(id, signal));
  return {
    devices: found.filter((device) => device !== undefined),
    missing: watched.filter((_, place) => !found[place]),
  };
}

/** Looks at the partitions, and reads them for a moment unless the monitor does: only so other readers are noticed. */
async function readPartitions(
  { hubs, events }: Needs,
  hub: Hub,
  { consumerGroup, isRunning }: Monitor,
  signal: AbortSignal,
): Promise<readonly PartitionState[]> {
  const connection = await hubs.events(hub.id, signal);
  const way = { transport: setting('monitor.transport'), proxy: proxySettings() };
  const partitions = await events.inspect(connection, consumerGroup, signal, way);
  if (isRunning) return partitions;
  const reading = await events.open(
    {
      ...way,
      connection,
      consumerGroup,
      start: { kind: 'now' },
      seen: new Map(),
      onMessages: () => undefined,
      onTrouble: () => undefined,
    },
    signal,
  );
  const refused = await Promise.race([reading.broken, delay(probeMs, signal)]);
  await reading.close();
  if (refused) throw refused;
  return partitions;
}

/** What the management told; whoever has only a connection string does not know it. */
const known = <K extends string, T>(name: K, value: T | Error | undefined) =>
  (value === undefined || value instanceof Error ? {} : { [name]: value }) as { readonly [P in K]?: T };

async function orReason<T>(ask: () => Promise<T>): Promise<T | Error> {
  try {
    return await ask();
  } catch (error) {
    if (isAbort(error) || !(error instanceof Error)) throw error;
    return error;
  }
}

const titles: Readonly<Record<Fix, string>> = {
  changeFilter: 'Change Filter…',
  startMonitoring: 'Start Monitoring',
  registerDevice: 'Register Device…',
  publishMessage: 'Publish Message…',
  startFromEarlier: 'Start From…',
  chooseConsumerGroup: 'Select Consumer Group…',
};

async function offer(hub: Hub, findings: readonly Finding[], fixes: NoMessagesFixes): Promise<void> {
  const [first] = findings;
  if (!first?.isCause) {
    void vscode.window.showInformationMessage(
      `Nothing is wrong at ${hub.name} as far as can be seen: the output channel has what was looked at.`,
    );
    return;
  }
  const fix = first.fix;
  const answer = await vscode.window.showWarningMessage(first.text, ...(fix ? [titles[fix]] : []));
  if (answer === undefined || !fix) return;
  const node = { kind: 'hub', hubId: hub.id } as const;
  switch (fix) {
    case 'changeFilter':
      return fixes.changeFilter();
    case 'startMonitoring':
      return fixes.start();
    case 'registerDevice':
      return executeCommand(commands.registerDevice, node);
    case 'publishMessage':
      return executeCommand(commands.publishMessage);
    case 'chooseConsumerGroup':
      return executeCommand(commands.chooseConsumerGroup, node);
    case 'startFromEarlier':
      return fixes.startFrom();
  }
}
