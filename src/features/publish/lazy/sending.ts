import * as l10n from '@vscode/l10n';
import { isAbort } from '../../../core/base/abort';
import { formatCount } from '../../../core/base/numbers';
import { shortList } from '../../../core/base/lists';
import { type Hub } from '../../../core/hub/hub';
import { type HubConnection } from '../../../core/hub/hubConnection';
import { type SessionState } from '../../../core/message/deviceSession';
import { type PublishDraft } from '../../../core/publish/draft';
import { type ComposedMessage, type MessageComposer } from '../../../core/publish/messageComposer';
import { type SendResult, type SendResultList } from '../../../core/publish/sendResult';
import { publishRun } from '../../../core/publish/publishRun';
import { RunStatistics, type RunPoint } from '../../../core/publish/runStatistics';
import { stopIfRefused } from '../../../explorer/deviceAuthentication';
import { type Services } from '../../../services';
import { confirm } from '../../../workbench/prompts';
import { type RunState } from '../../../webview/publish/api';
import { type ArrivalWatch } from './arrivalWatch';
import { type DeviceAuthentication, type ReadyDevice } from './deviceAuthentication';

type Needs = Pick<
  Services,
  'hubs' | 'registries' | 'devices' | 'authorities' | 'chosenCertificates' | 'hubCertificates' | 'log'
>;

export interface SendingRequest {
  readonly hub: Hub;
  readonly draft: PublishDraft;
  readonly composer: MessageComposer;
  readonly isRepeated: boolean;
  readonly results: SendResultList;
  readonly watch: ArrivalWatch;
  readonly authentication: DeviceAuthentication;
  readonly onRun: (state: RunState) => void;
  readonly onPoint: (point: RunPoint) => void;
  /** Milliseconds; while a connection with a token is open. */
  readonly onToken: (expiresAt: number | null) => void;
}

/** The tree is updated with the activity of at most this many devices. */
const maxShownActive = 5;

/** Sends the messages of a draft, once or repeatedly. @throws the silent abort when it was stopped */
export async function sendMessages(
  services: Needs,
  request: SendingRequest,
  signal: AbortSignal,
): Promise<void> {
  const { hub, draft, isRepeated, onRun } = request;
  const many = draft.devices.length > 1;
  onRun({
    kind: 'preparing',
    text: many
      ? l10n.t('Loading {0} devices…', formatCount(draft.devices.length))
      : l10n.t('Loading device "{0}"…', draft.devices[0] ?? ''),
  });
  const ready = await request.authentication.readyAll(draft.devices, signal, (done) => {
    if (many) {
      onRun({
        kind: 'preparing',
        text: l10n.t('Loading devices: {0} of {1}', formatCount(done), formatCount(draft.devices.length)),
        progress: done / draft.devices.length,
      });
    }
  });
  reportUnreadable(request.results, ready);
  const devices = [...ready.values()].filter((each): each is ReadyDevice => !(each instanceof Error));
  if (devices.length === 0) return;
  await confirmTakeover(devices);
  const [only] = devices;
  let connection = await request.authentication.connection(signal);
  if (only?.certificate && devices.length === 1) {
    await stopIfRefused(services, { hub, connection, device: only.device }, only.certificate);
  }
  if (draft.watchArrival) await request.watch.start(signal);
  signal.throwIfAborted();
  // The local hub may restart on other ports during a run.
  const followed = services.hubs.onDidChange(() => {
    if (services.hubs.find(hub.id)?.status !== 'ready') return;
    request.authentication.connection(signal).then(
      (moved) => (connection = moved),
      () => undefined,
    );
  });
  try {
    await publish(request, devices, () => connection, signal);
  } finally {
    followed.dispose();
    request.watch.linger();
    request.onToken(null);
    if (!isRepeated || devices.length <= maxShownActive) void showActivity(services, hub.id, devices);
  }
}

async function publish(
  request: SendingRequest,
  devices: readonly ReadyDevice[],
  connection: () => HubConnection,
  signal: AbortSignal,
): Promise<void> {
  const { draft, composer, isRepeated, results, onRun, onPoint } = request;
  const statistics = new RunStatistics(performance.now(), devices.length);
  const total = isRepeated && draft.repeat.count !== null ? draft.repeat.count * devices.length : undefined;
  const report = () => {
    if (!isRepeated) {
      onRun({
        kind: 'sending',
        text:
          devices.length === 1
            ? l10n.t('Sending…')
            : l10n.t('Sending as {0} devices…', formatCount(devices.length)),
      });
      return;
    }
    const point = statistics.takePoint(performance.now());
    onPoint(point);
    onRun({
      kind: 'running',
      text: progressText(point, total),
      ...(total === undefined ? {} : { progress: Math.min(1, (point.sent - point.inFlight) / total) }),
    });
  };
  report();
  const timer = setInterval(report, 1_000);
  const tokens = new Map<string, number>();
  const onDevice = (deviceId: string, state: SessionState) => {
    if (state.kind === 'connected' && state.expiresAt !== undefined) tokens.set(deviceId, state.expiresAt);
    else tokens.delete(deviceId);
    request.onToken(tokens.size === 0 ? null : Math.min(...tokens.values()));
  };
  const onMessage = (line: Omit<SendResult, 'id'>, message: ComposedMessage) => {
    const id = results.nextId();
    const { messageId } = message;
    const isAwaited = draft.watchArrival && request.watch.problem === undefined && messageId !== undefined;
    results.put({ ...line, id, ...(isAwaited ? { isAwaited } : {}) });
    if (isAwaited) {
      request.watch.arrivals.expect(
        line.deviceId,
        messageId,
        (arrived) => {
          statistics.arrived++;
          results.change(id, { arrived, isAwaited: false });
        },
        () => results.change(id, { isAwaited: false }),
      );
    }
    return id;
  };
  try {
    await publishRun(
      {
        devices: devices.map((ready) => request.authentication.runDevice(ready, draft, connection)),
        ...(isRepeated ? { repeat: draft.repeat } : {}),
        qos: draft.qos,
        compose: (moment) => composer.compose(moment),
        statistics,
        observer: { onMessage, onChange: (id, change) => results.change(id, change), onDevice },
      },
      signal,
    );
  } finally {
    clearInterval(timer);
    if (isRepeated) {
      onPoint(statistics.takePoint(performance.now()));
      followLateArrivals(statistics, onPoint);
    }
  }
}

function progressText({ sent, connected, devices }: RunPoint, total: number | undefined): string {
  const open = formatCount(connected);
  const all = formatCount(devices);
  return total === undefined
    ? l10n.t('{0} sent, {1} of {2} connected', formatCount(sent), open, all)
    : l10n.t('{0} of {1} sent, {2} of {3} connected', formatCount(sent), formatCount(total), open, all);
}

/** Reports the messages that arrive after a run has ended. */
function followLateArrivals(statistics: RunStatistics, onPoint: (point: RunPoint) => void): void {
  let seen = statistics.arrived;
  let turns = 0;
  const timer = setInterval(() => {
    if (statistics.arrived === seen && ++turns > 3) return clearInterval(timer);
    if (statistics.arrived !== seen) turns = 0;
    seen = statistics.arrived;
    onPoint(statistics.takePoint(performance.now()));
  }, 1_000);
}

function reportUnreadable(results: SendResultList, ready: ReadonlyMap<string, ReadyDevice | Error>): void {
  for (const [deviceId, each] of ready) {
    if (!(each instanceof Error)) continue;
    results.put({
      id: results.nextId(),
      deviceId,
      at: Date.now(),
      bytes: 0,
      state: 'failed',
      reason: each.message,
    });
  }
}

async function confirmTakeover(devices: readonly ReadyDevice[]): Promise<void> {
  const connected = devices.filter(({ device }) => device.isConnected).map(({ device }) => device.deviceId);
  const [first] = connected;
  if (first === undefined) return;
  const isOne = connected.length === 1;
  await confirm(
    isOne
      ? l10n.t('Device "{0}" is already connected.', first)
      : l10n.t(
          '{0} of {1} devices are already connected.',
          formatCount(connected.length),
          formatCount(devices.length),
        ),
    isOne
      ? l10n.t('A hub allows one connection per device. Publishing disconnects the real device.')
      : l10n.t(
          'A hub allows one connection per device. Publishing disconnects the real devices: {0}.',
          shortList(connected, 10),
        ),
    l10n.t('Publish Anyway'),
  );
}

/** Updates the activity of the devices in the tree. */
async function showActivity(
  { registries, devices, log }: Pick<Services, 'registries' | 'devices' | 'log'>,
  hubId: string,
  active: readonly ReadyDevice[],
): Promise<void> {
  for (const { device } of active.slice(0, maxShownActive)) {
    try {
      devices.put(hubId, await (await registries.forHub(hubId)).get(device.deviceId));
    } catch (error) {
      if (!isAbort(error)) log.debug(`Device "${device.deviceId}" could not be reloaded after publishing.`);
    }
  }
}
