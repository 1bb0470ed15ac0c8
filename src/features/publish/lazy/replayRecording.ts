import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { abortError, delay, isAbort } from '../../../core/base/abort';
import { roundedText } from '../../../core/base/durations';
import { counted, formatCount } from '../../../core/base/numbers';
import { type Hub } from '../../../core/hub/hub';
import { parseDeviceMapping } from '../../../core/publish/deviceMapping';
import { newDraft } from '../../../core/publish/draft';
import { replay, type ReplayCounts, type ReplayPlan } from '../../../core/publish/replay';
import { pickDeviceOf } from '../../../explorer/pickDevice';
import { pickHub } from '../../../explorer/pickTarget';
import type { RecordingSummary } from '../../../recording/index';
import { withProgress } from '../../../workbench/progress';
import { askText, back, confirm, noBack, pickOne, type Back } from '../../../workbench/prompts';
import { setting } from '../../../workbench/settings';
import { DeviceLogins, type ReadyDevice } from './deviceLogins';
import { type PanelServices } from './publishPanel';

const title = 'Replay Recording';
const speeds = [
  { label: 'As recorded', value: 1 },
  { label: '2 times faster', value: 2 },
  { label: '10 times faster', value: 10 },
  { label: '60 times faster', description: 'an hour in a minute', value: 60 },
  { label: '10 times slower', value: 0.1 },
  { label: 'As fast as the hub takes them', value: 0 },
] as const;

/** Sends the messages of a recording as devices of a hub. */
export async function replayRecording(services: PanelServices, uri: vscode.Uri | undefined): Promise<void> {
  const file = (uri ?? (await askFile())).fsPath;
  const { describeRecording, openRecording } = await import('../../../recording/index');
  const summary = await withProgress(`Reading ${path.basename(file)}`, (signal, report) =>
    describeRecording(file, {
      signal,
      onProgress: (_part, messages) => report(`${formatCount(messages)} messages`),
    }),
  );
  if (summary.messages === 0) {
    void vscode.window.showInformationMessage(`${path.basename(file)} has no messages.`);
    return;
  }
  const hub = await pickHub(services, undefined, {
    title,
    needs: 'manageDevices',
    placeholder: 'As devices of which hub?',
  });
  const plan = await askPlan(services, hub, summary);
  const counts: ReplayCounts = { sent: 0, acknowledged: 0, failed: 0, leftOut: 0, behindMs: 0 };
  const started = Date.now();
  const isCancelled = await withProgress(`Replaying ${path.basename(file)}`, async (signal, report) => {
    const targets = new Set(summary.devices.map(plan.deviceFor).filter((id) => id !== undefined));
    const opened = await openDevices(services, hub, [...targets], signal, report);
    const timer = setInterval(() => report(progressText(counts, summary)), 500);
    try {
      await replay(
        openRecording(file, { signal }),
        { ...plan, deviceFor: (recorded) => only(plan.deviceFor(recorded), opened.canPublish) },
        { ...opened, now: () => performance.now(), wait: delay },
        counts,
        signal,
      );
      return false;
    } catch (error) {
      if (isAbort(error)) return true;
      throw error;
    } finally {
      clearInterval(timer);
      await opened.close();
    }
  });
  tell(counts, Date.now() - started, isCancelled);
}

const only = (deviceId: string | undefined, isFit: (deviceId: string) => boolean) =>
  deviceId !== undefined && isFit(deviceId) ? deviceId : undefined;

async function askFile(): Promise<vscode.Uri> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: 'Replay',
      filters: { Recordings: ['jsonl', 'csv', 'sqlite', 'db'] },
    })) ?? [];
  if (!uri) throw abortError();
  return uri;
}

async function askPlan(services: PanelServices, hub: Hub, summary: RecordingSummary): Promise<ReplayPlan> {
  for (;;) {
    const deviceFor = await askDevices(services, hub, summary);
    if (deviceFor === back) continue;
    const speed = await pickOne<number>({
      title,
      step: 2,
      totalSteps: 2,
      canGoBack: true,
      placeholder: 'How fast?',
      choices: speeds.map((each) => ({ ...each })),
    });
    if (speed === back) continue;
    const targets = new Set(summary.devices.map(deviceFor).filter((id) => id !== undefined));
    const spanMs = (summary.to ?? 0) - (summary.from ?? 0);
    await confirm(
      `Replay ${formatCount(summary.messages)} messages to ${hub.name}?`,
      `They are sent as ${targets.size === 1 ? `device "${[...targets].join('')}"` : counted(targets.size, 'device')}, ${speed === 0 ? 'as fast as the hub takes them' : `over about ${roundedText(spanMs / speed)}`}. Real devices of these names are disconnected, and each message counts for the quota of the hub.`,
      'Replay',
    );
    return { deviceFor, speed };
  }
}

type DeviceFor = ReplayPlan['deviceFor'];

async function askDevices(
  services: PanelServices,
  hub: Hub,
  { devices }: RecordingSummary,
): Promise<DeviceFor | Back> {
  const count = devices.length === 1 ? 'one device' : counted(devices.length, 'device');
  const kind = noBack(
    await pickOne<'same' | 'one' | 'pattern' | 'file'>({
      title,
      step: 1,
      totalSteps: 2,
      placeholder: `As which devices? The recording is of ${count}.`,
      choices: [
        {
          label: 'The same ids',
          description: devices.slice(0, 3).join(', ') + (devices.length > 3 ? ' …' : ''),
          value: 'same',
        },
        { label: 'All as one device…', value: 'one' },
        { label: 'Ids by a pattern…', description: '* is the recorded id', value: 'pattern' },
        { label: 'Ids from a file…', description: 'CSV: recorded id, device id', value: 'file' },
      ],
    }),
  );
  switch (kind) {
    case 'same':
      return (recorded) => recorded;
    case 'one': {
      const { deviceId } = await pickDeviceOf(services, hub, title);
      return () => deviceId;
    }
    case 'pattern': {
      const pattern = await askText({
        title,
        canGoBack: true,
        value: 'test-*',
        prompt: 'Id of the device; * is the recorded id',
        validate: (text) => (text.trim() === '' ? 'A device id has at least one character.' : undefined),
      });
      return pattern === back ? back : (recorded) => pattern.trim().replaceAll('*', recorded);
    }
    case 'file':
      return fromFile();
  }
}

async function fromFile(): Promise<DeviceFor> {
  const [uri] = (await vscode.window.showOpenDialog({ title: 'Ids of Devices', openLabel: 'Use' })) ?? [];
  if (!uri) throw abortError();
  const mapping = parseDeviceMapping(await readFile(uri.fsPath, 'utf8'));
  return (recorded) => mapping.get(recorded);
}

/** Reads all identities first: who cannot publish is told before anything is sent. @throws when none can */
async function openDevices(
  services: PanelServices,
  hub: Hub,
  deviceIds: readonly string[],
  signal: AbortSignal,
  report: (text: string) => void,
) {
  const logins = new DeviceLogins(hub, services);
  const connection = await logins.connection(signal);
  const ready = await logins.readyAll(deviceIds, signal, (done) =>
    report(`${done} of ${deviceIds.length} devices looked up`),
  );
  const draft = newDraft([], setting('sas.deviceTokenSeconds'));
  const open: { close(): Promise<void> }[] = [];
  const reasons = [...ready.values()].filter((each) => each instanceof Error);
  const [reason] = reasons;
  if (reason && reasons.length === ready.size) throw reason;
  if (reason) {
    await confirm(
      `${reasons.length} of ${ready.size} devices cannot publish. Replay the others?`,
      `${reason.message} Messages of such devices are left out.`,
      'Replay the Others',
    );
  }
  const isReady = (each: ReadyDevice | Error | undefined): each is ReadyDevice =>
    each !== undefined && !(each instanceof Error);
  return {
    canPublish: (deviceId: string) => isReady(ready.get(deviceId)),
    session: async (deviceId: string) => {
      const found = ready.get(deviceId);
      if (!isReady(found)) throw found ?? new Error(`There is no device "${deviceId}".`);
      const session = await logins.runDevice(found, draft, () => connection).open(() => undefined, signal);
      open.push(session);
      return session;
    },
    close: async () => {
      await Promise.all(open.map((session) => session.close()));
    },
  };
}

function progressText(
  { sent, acknowledged, failed, behindMs }: ReplayCounts,
  { messages }: RecordingSummary,
): string {
  return [
    `${formatCount(acknowledged)} of ${formatCount(messages)}`,
    ...(sent > acknowledged + failed ? [`${sent - acknowledged - failed} under way`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(behindMs > 2_000 ? [`${roundedText(behindMs)} behind`] : []),
  ].join(', ');
}

function tell(
  { acknowledged, failed, leftOut, firstFailure }: ReplayCounts,
  tookMs: number,
  isCancelled: boolean,
): void {
  const parts = [
    `${isCancelled ? 'Replay cancelled: ' : ''}${formatCount(acknowledged)} messages were replayed in ${roundedText(tookMs)}`,
    ...(leftOut > 0 ? [`${formatCount(leftOut)} were left out (no telemetry, or no device for them)`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} failed: ${firstFailure ?? ''}`] : []),
  ];
  const text = `${parts.join('; ').replace(/\.$/, '')}.`;
  if (failed > 0) void vscode.window.showWarningMessage(text);
  else void vscode.window.showInformationMessage(text);
}
