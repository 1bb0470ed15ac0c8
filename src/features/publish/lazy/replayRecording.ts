import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { decodeFileText } from '../../../core/base/decodeFileText';
import { abortError, delay, isAbort } from '../../../core/base/abort';
import { roundedText } from '../../../core/base/durations';
import { itemList, shortList } from '../../../core/base/lists';
import { formatCount, formatValue } from '../../../core/base/numbers';
import { type Hub } from '../../../core/hub/hub';
import { parseDeviceMapping } from '../../../core/publish/deviceMapping';
import { newDraft } from '../../../core/publish/draft';
import { newReplayCounts, replay, type ReplayCounts, type ReplayPlan } from '../../../core/publish/replay';
import { pickDeviceOf } from '../../../explorer/pickDevice';
import { pickHub } from '../../../explorer/pickTarget';
import type { RecordingSummary } from '../../../recording/index';
import { withProgress } from '../../../workbench/progress';
import { askText, back, confirm, noBack, pickOne, type Back, type Choice } from '../../../workbench/prompts';
import { setting } from '../../../workbench/settings';
import { DeviceAuthentication, type ReadyDevice } from './deviceAuthentication';
import { type PanelServices } from './publishPanel';
import { showInformation, showWarning } from '../../../workbench/notifications';

const title = () => l10n.t('Replay Recording');

const speeds = (): readonly Choice<number>[] => [
  { label: l10n.t('Original speed'), value: 1 },
  { label: l10n.t('{0}× speed', formatValue(2)), value: 2 },
  { label: l10n.t('{0}× speed', formatValue(10)), value: 10 },
  { label: l10n.t('{0}× speed', formatValue(60)), description: l10n.t('one hour per minute'), value: 60 },
  { label: l10n.t('{0}× speed', formatValue(0.1)), value: 0.1 },
  { label: l10n.t('As fast as possible'), value: 0 },
];

/** Sends the messages of a recording as devices of a hub. */
export async function replayRecording(services: PanelServices, uri: vscode.Uri | undefined): Promise<void> {
  const file = (uri ?? (await askFile())).fsPath;
  const { describeRecording, openRecording } = await import('../../../recording/index');
  const summary = await withProgress(l10n.t('Reading {0}', path.basename(file)), (signal, report) =>
    describeRecording(file, {
      signal,
      onProgress: (_part, messages) => report(l10n.t('{0} messages', formatCount(messages))),
    }),
  );
  if (summary.messages === 0) {
    void showInformation(l10n.t('{0} contains no messages.', path.basename(file)));
    return;
  }
  const hub = await pickHub(services, undefined, {
    title: title(),
    needs: 'manageDevices',
    placeholder: l10n.t('Select the hub to replay to'),
  });
  const plan = await askPlan(services, hub, summary);
  const counts = newReplayCounts();
  const started = Date.now();
  const isCanceled = await withProgress(
    l10n.t('Replaying {0}', path.basename(file)),
    async (signal, report) => {
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
    },
  );
  showResult(counts, Date.now() - started, isCanceled);
}

const only = (deviceId: string | undefined, isFit: (deviceId: string) => boolean) =>
  deviceId !== undefined && isFit(deviceId) ? deviceId : undefined;

async function askFile(): Promise<vscode.Uri> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: title(),
      openLabel: l10n.t({ message: 'Replay', comment: ['Verb, button'], args: [] }),
      filters: { [l10n.t('Recordings')]: ['jsonl', 'csv', 'sqlite', 'db'] },
    })) ?? [];
  if (!uri) throw abortError();
  return uri;
}

async function askPlan(services: PanelServices, hub: Hub, summary: RecordingSummary): Promise<ReplayPlan> {
  for (;;) {
    const deviceFor = await askDevices(services, hub, summary);
    if (deviceFor === back) continue;
    const speed = await pickOne<number>({
      title: title(),
      step: 2,
      totalSteps: 2,
      canGoBack: true,
      placeholder: l10n.t('Select the replay speed'),
      choices: speeds(),
    });
    if (speed === back) continue;
    const targets = new Set(summary.devices.map(deviceFor).filter((id) => id !== undefined));
    const spanMs = (summary.to ?? 0) - (summary.from ?? 0);
    await confirm(
      summary.messages === 1
        ? l10n.t('Replay 1 message to {0}?', hub.name)
        : l10n.t('Replay {0} messages to {1}?', formatCount(summary.messages), hub.name),
      [
        targets.size === 1
          ? l10n.t('Messages are sent as device "{0}".', [...targets].join(''))
          : l10n.t('Messages are sent as {0} devices.', formatCount(targets.size)),
        speed === 0
          ? l10n.t('They are sent as fast as possible.')
          : l10n.t('The replay takes about {0}.', roundedText(spanMs / speed)),
        l10n.t(
          'Real devices with these IDs will be disconnected. Each message counts toward the quota of the hub.',
        ),
      ].join(' '),
      l10n.t({ message: 'Replay', comment: ['Verb, button'], args: [] }),
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
  const kind = noBack(
    await pickOne<'same' | 'one' | 'pattern' | 'file'>({
      title: title(),
      step: 1,
      totalSteps: 2,
      placeholder:
        devices.length === 1
          ? l10n.t('Select the devices to send as. The recording contains 1 device.')
          : l10n.t(
              'Select the devices to send as. The recording contains {0} devices.',
              formatCount(devices.length),
            ),
      choices: [
        { label: l10n.t('Recorded device IDs'), description: shortList(devices, 3), value: 'same' },
        { label: l10n.t('One device for all messages…'), value: 'one' },
        {
          label: l10n.t('Device IDs from a pattern…'),
          description: l10n.t('* stands for the recorded ID'),
          value: 'pattern',
        },
        {
          label: l10n.t('Device IDs from a file…'),
          description: l10n.t('CSV with recorded ID and device ID'),
          value: 'file',
        },
      ],
    }),
  );
  switch (kind) {
    case 'same':
      return (recorded) => recorded;
    case 'one': {
      const { deviceId } = await pickDeviceOf(services, hub, title());
      return () => deviceId;
    }
    case 'pattern': {
      const pattern = await askText({
        title: title(),
        canGoBack: true,
        value: 'test-*',
        prompt: l10n.t('Enter a device ID pattern; * stands for the recorded ID'),
        validate: (text) =>
          text.trim() === '' ? l10n.t('A device ID requires at least one character.') : undefined,
      });
      return pattern === back ? back : (recorded) => pattern.trim().replaceAll('*', recorded);
    }
    case 'file':
      return fromFile();
  }
}

async function fromFile(): Promise<DeviceFor> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: l10n.t('Select Device ID File'),
      openLabel: l10n.t({ message: 'Select', comment: ['Verb, button'], args: [] }),
    })) ?? [];
  if (!uri) throw abortError();
  const mapping = parseDeviceMapping(decodeFileText(await readFile(uri.fsPath)));
  return (recorded) => mapping.get(recorded);
}

/** Reads all identities first, to report devices that cannot publish before anything is sent. @throws when none can */
async function openDevices(
  services: PanelServices,
  hub: Hub,
  deviceIds: readonly string[],
  signal: AbortSignal,
  report: (text: string) => void,
) {
  const authentication = new DeviceAuthentication(hub, services);
  const connection = await authentication.connection(signal);
  const ready = await authentication.readyAll(deviceIds, signal, (done) =>
    report(l10n.t('{0} of {1} devices loaded', formatCount(done), formatCount(deviceIds.length))),
  );
  const draft = newDraft([], setting('sas.deviceTokenSeconds'));
  const open: { close(): Promise<void> }[] = [];
  const reasons = [...ready.values()].filter((each) => each instanceof Error);
  const [reason] = reasons;
  if (reason && reasons.length === ready.size) throw reason;
  if (reason) {
    await confirm(
      l10n.t(
        '{0} of {1} devices cannot publish. Replay the messages of the other devices?',
        formatCount(reasons.length),
        formatCount(ready.size),
      ),
      l10n.t('{0} Messages of these devices are skipped.', reason.message),
      l10n.t('Replay Others'),
    );
  }
  const isReady = (each: ReadyDevice | Error | undefined): each is ReadyDevice =>
    each !== undefined && !(each instanceof Error);
  return {
    canPublish: (deviceId: string) => isReady(ready.get(deviceId)),
    session: async (deviceId: string) => {
      const found = ready.get(deviceId);
      if (!isReady(found)) throw found ?? new Error(`Device "${deviceId}" was not loaded.`);
      const session = await authentication
        .runDevice(found, draft, () => connection)
        .open(() => undefined, signal);
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
  return itemList([
    l10n.t('{0} of {1}', formatCount(acknowledged), formatCount(messages)),
    ...(sent > acknowledged + failed
      ? [l10n.t('{0} in transit', formatCount(sent - acknowledged - failed))]
      : []),
    ...(failed > 0 ? [l10n.t('{0} failed', formatCount(failed))] : []),
    ...(behindMs > 2_000 ? [l10n.t('{0} behind', roundedText(behindMs))] : []),
  ]);
}

function showResult(
  { acknowledged, failed, leftOut, firstFailure, notKept }: ReplayCounts,
  tookMs: number,
  isCanceled: boolean,
): void {
  const text = [
    replayedText(acknowledged, roundedText(tookMs), isCanceled),
    ...(leftOut > 0
      ? [
          leftOut === 1
            ? l10n.t('1 message was skipped because it is not telemetry or has no target device.')
            : l10n.t(
                '{0} messages were skipped because they are not telemetry or have no target device.',
                formatCount(leftOut),
              ),
        ]
      : []),
    ...(notKept.size > 0
      ? [
          l10n.t(
            'Properties that MQTT cannot send, or only as text: {0}.',
            shortList(
              [...notKept].map((name) => `"${name}"`),
              5,
            ),
          ),
        ]
      : []),
    ...(failed > 0 ? [failedText(failed, firstFailure ?? '')] : []),
  ].join(' ');
  if (failed > 0) void showWarning(text);
  else void showInformation(text);
}

function replayedText(count: number, duration: string, isCanceled: boolean): string {
  if (isCanceled) {
    return count === 1
      ? l10n.t('Replay canceled. 1 message was replayed in {0}.', duration)
      : l10n.t('Replay canceled. {0} messages were replayed in {1}.', formatCount(count), duration);
  }
  return count === 1
    ? l10n.t('1 message was replayed in {0}.', duration)
    : l10n.t('{0} messages were replayed in {1}.', formatCount(count), duration);
}

const failedText = (count: number, reason: string): string =>
  count === 1
    ? l10n.t('1 message failed: {0}', reason)
    : l10n.t('{0} messages failed: {1}', formatCount(count), reason);
