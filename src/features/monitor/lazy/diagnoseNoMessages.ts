import * as l10n from '@vscode/l10n';
import { delay, isAbort } from '../../../core/base/abort';
import { inParallel } from '../../../core/base/inParallel';
import { type DeviceSummary } from '../../../core/device/device';
import { allDevices } from '../../../core/device/deviceQuery';
import { type Hub } from '../../../core/hub/hub';
import { hubCan } from '../../../core/hub/hubCapabilities';
import { type PartitionState } from '../../../core/message/eventSource';
import { diagnoseSilence } from '../../../core/message/diagnoseSilence';
import { type Finding, type Fix } from '../../../core/message/silenceEvidence';
import { commands } from '../../../contributions';
import { type Services } from '../../../services';
import { executeCommand } from '../../../workbench/commands';
import { withProgress } from '../../../workbench/progress';
import { proxySettings } from '../../../workbench/proxySettings';
import { setting } from '../../../workbench/settings';
import { type Monitor } from './monitor';
import { showInformation, showWarning } from '../../../workbench/notifications';

type Needs = Pick<Services, 'hubs' | 'registries' | 'events' | 'hubSettings'>;

/** How many devices are checked: more would require queries, which hubs throttle. */
const maxDevices = 200;
/** How many monitored devices are checked, each with a request. */
const maxWatched = 20;
/** How long it takes at most until a conflict with other readers shows. */
const probeMs = 700;

/** Fixes that are applied to the silent monitor. */
export interface NoMessagesFixes {
  start(): Promise<void>;
  startFrom(): Promise<void>;
  changeFilter(): Promise<void>;
}

/** Checks every step of a message's path, writes the findings to the channel, and offers a fix. */
export async function diagnoseNoMessages(
  services: Needs,
  hub: Hub,
  monitor: Monitor,
  fixes: NoMessagesFixes,
): Promise<void> {
  const findings = await withProgress(
    l10n.t('Checking why no messages arrive from {0}', hub.name),
    async (signal) => {
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
      return diagnoseSilence({
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
    },
  );
  monitor.explain(findings.map(({ isCause, text }) => `${isCause ? '✗' : '✓'} ${text}`));
  await offer(hub, findings, fixes);
}

/** The devices that are monitored, wherever they are in the registry, or the first ones of the hub. */
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
    missing: watched.filter((_, index) => !found[index]),
  };
}

/** Inspects the partitions, and reads them briefly unless the monitor does, to detect other readers. */
async function readPartitions(
  { hubs, events }: Needs,
  hub: Hub,
  { consumerGroup, isRunning }: Monitor,
  signal: AbortSignal,
): Promise<readonly PartitionState[]> {
  const connection = await hubs.events(hub.id, signal);
  const options = { transport: setting('monitor.transport'), proxy: proxySettings() };
  const partitions = await events.inspect(connection, consumerGroup, signal, options);
  if (isRunning) return partitions;
  const reading = await events.open(
    {
      ...options,
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

/** What is known from the management of the hub; nothing if only a connection string is known. */
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

function buttonOf(fix: Fix): string {
  switch (fix) {
    case 'changeFilter':
      return l10n.t('Change Filter…');
    case 'startMonitoring':
      return l10n.t('Start Monitoring');
    case 'registerDevice':
      return l10n.t('Register Device…');
    case 'publishMessage':
      return l10n.t('Publish Message…');
    case 'startFromEarlier':
      return l10n.t('Start From…');
    case 'chooseConsumerGroup':
      return l10n.t('Select Consumer Group…');
  }
}

async function offer(hub: Hub, findings: readonly Finding[], fixes: NoMessagesFixes): Promise<void> {
  const [first] = findings;
  if (!first?.isCause) {
    void showInformation(
      l10n.t('No problems found with {0}. See the output channel for the results.', hub.name),
    );
    return;
  }
  const fix = first.fix;
  const answer = await showWarning(first.text, ...(fix ? [buttonOf(fix)] : []));
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
