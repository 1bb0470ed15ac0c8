import * as vscode from 'vscode';
import { isAbort } from '../../core/base/abort';
import { type DeviceSummary } from '../../core/device/device';
import { allDevices } from '../../core/device/deviceQuery';
import { type Hub } from '../../core/hub/hub';
import { type PartitionState } from '../../core/message/eventSource';
import { whyNoMessages, type Finding, type Fix } from '../../core/message/whyNoMessages';
import { commands } from '../../contributions';
import { type Services } from '../../services';
import { executeCommand } from '../../workbench/commands';
import { withProgress } from '../../workbench/progress';
import { setting } from '../../workbench/settings';
import { type HubMonitor } from './hubMonitor';

type Needs = Pick<Services, 'hubs' | 'registries' | 'events'>;

/** How many devices are looked at; more would cost queries, of which hubs allow few. */
const mostDevices = 200;

/** Looks at everything on the way of a message, writes it to the channel, and offers what helps. */
export async function findSilence(services: Needs, hub: Hub, monitor: HubMonitor): Promise<void> {
  const findings = await withProgress(`Looking for the messages of ${hub.name}`, async (signal) => {
    const [devices, partitions] = await Promise.all([
      orReason<readonly DeviceSummary[]>(async () => {
        const registry = await services.registries.of(hub.id, signal);
        return (await registry.list(allDevices, mostDevices, undefined, signal)).devices;
      }),
      orReason<readonly PartitionState[]>(async () =>
        services.events.inspect(
          await services.hubs.connection(hub.id, signal),
          setting('monitor.consumerGroup'),
          signal,
        ),
      ),
    ]);
    const { since, received, isRunning, hiding } = monitor;
    return whyNoMessages({
      isMonitoring: isRunning,
      consumerGroup: setting('monitor.consumerGroup'),
      ...(since === undefined ? {} : { since }),
      received,
      ...(hiding ? { hiding } : {}),
      devices,
      partitions,
      now: Date.now(),
    });
  });
  monitor.explain(findings.map(({ isCause, text }) => `${isCause ? '✗' : '✓'} ${text}`));
  await offer(hub, findings);
}

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
};

async function offer(hub: Hub, findings: readonly Finding[]): Promise<void> {
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
      return executeCommand(commands.filterMessages, node);
    case 'startMonitoring':
      return executeCommand(commands.startMonitoring, node);
    case 'registerDevice':
      return executeCommand(commands.registerDevice, node);
    case 'publishMessage':
      return executeCommand(commands.publishMessage);
    case 'startFromEarlier':
      return executeCommand(commands.startMonitoringFrom, node);
  }
}
