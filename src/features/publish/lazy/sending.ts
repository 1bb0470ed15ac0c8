import { isAbort } from '../../../core/base/abort';
import { counted, formatCount } from '../../../core/base/numbers';
import { type Hub } from '../../../core/hub/hub';
import { type HubConnection } from '../../../core/hub/hubConnection';
import { type SessionState } from '../../../core/message/deviceSession';
import { type PublishDraft } from '../../../core/publish/draft';
import { type ComposedMessage, type MessageComposer } from '../../../core/publish/messageComposer';
import { type MessageLine, type MessageLines } from '../../../core/publish/messageLine';
import { publishRun } from '../../../core/publish/publishRun';
import { RunStatistics, type RunPoint } from '../../../core/publish/runStatistics';
import { stopIfRefused } from '../../../explorer/deviceLogin';
import { type Services } from '../../../services';
import { confirm } from '../../../workbench/prompts';
import { type RunState } from '../../../webview/publish/api';
import { type ArrivalWatch } from './arrivalWatch';
import { type DeviceLogins, type ReadyDevice } from './deviceLogins';

type Needs = Pick<
  Services,
  'hubs' | 'registries' | 'devices' | 'authorities' | 'chosenCertificates' | 'hubCertificates' | 'log'
>;

export interface SendingRequest {
  readonly hub: Hub;
  readonly draft: PublishDraft;
  readonly composer: MessageComposer;
  readonly isRepeated: boolean;
  readonly lines: MessageLines;
  readonly watch: ArrivalWatch;
  readonly logins: DeviceLogins;
  readonly onRun: (state: RunState) => void;
  readonly onPoint: (point: RunPoint) => void;
  /** Milliseconds; while a connection with a token is open. */
  readonly onToken: (expiresAt: number | null) => void;
}

/** Above it the tree is not told of every device that was active. */
const maxShownActive = 5;

/** One press of Send or Start, from the first question to the last line. @throws the silent abort when it was stopped */
export async function sendMessages(
  services: Needs,
  request: SendingRequest,
  signal: AbortSignal,
): Promise<void> {
  const { hub, draft, isRepeated, onRun } = request;
  const many = draft.devices.length > 1;
  onRun({
    kind: 'preparing',
    text: `Reading ${many ? `${draft.devices.length} devices` : draft.devices[0]}…`,
  });
  const ready = await request.logins.readyAll(draft.devices, signal, (done) => {
    if (many) {
      onRun({
        kind: 'preparing',
        text: `Reading devices: ${done} of ${draft.devices.length}`,
        progress: done / draft.devices.length,
      });
    }
  });
  tellUnreadable(request.lines, ready);
  const devices = [...ready.values()].filter((each): each is ReadyDevice => !(each instanceof Error));
  if (devices.length === 0) return;
  await askBeforeTakeover(devices);
  const [only] = devices;
  let connection = await request.logins.connection(signal);
  if (only?.certificate && devices.length === 1) {
    await stopIfRefused(services, { hub, connection, device: only.device }, only.certificate);
  }
  if (draft.watchArrival) await request.watch.start(signal);
  signal.throwIfAborted();
  // The local hub may come back at other ports in the middle of a run.
  const followed = services.hubs.onDidChange(() => {
    if (services.hubs.find(hub.id)?.status !== 'ready') return;
    request.logins.connection(signal).then(
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
  const { draft, composer, isRepeated, lines, onRun, onPoint } = request;
  const statistics = new RunStatistics(performance.now(), devices.length);
  const total = isRepeated && draft.repeat.count !== null ? draft.repeat.count * devices.length : undefined;
  const tell = () => {
    if (!isRepeated) {
      onRun({
        kind: 'sending',
        text: devices.length === 1 ? 'Sending…' : `Sending as ${counted(devices.length, 'device')}…`,
      });
      return;
    }
    const point = statistics.takePoint(performance.now());
    onPoint(point);
    onRun({
      kind: 'running',
      text: `${formatCount(point.sent)}${total === undefined ? '' : ` of ${formatCount(total)}`} sent, ${point.connected} of ${point.devices} connected`,
      ...(total === undefined ? {} : { progress: Math.min(1, (point.sent - point.inFlight) / total) }),
    });
  };
  tell();
  const timer = setInterval(tell, 1_000);
  const tokens = new Map<string, number>();
  const onDevice = (deviceId: string, state: SessionState) => {
    if (state.kind === 'connected' && state.expiresAt !== undefined) tokens.set(deviceId, state.expiresAt);
    else tokens.delete(deviceId);
    request.onToken(tokens.size === 0 ? null : Math.min(...tokens.values()));
  };
  const onMessage = (line: Omit<MessageLine, 'id'>, message: ComposedMessage) => {
    const id = lines.nextId();
    const { messageId } = message;
    const isAwaited = draft.watchArrival && request.watch.problem === undefined && messageId !== undefined;
    lines.put({ ...line, id, ...(isAwaited ? { isAwaited } : {}) });
    if (isAwaited) {
      request.watch.arrivals.expect(
        line.deviceId,
        messageId,
        (arrived) => {
          statistics.arrived++;
          lines.change(id, { arrived, isAwaited: false });
        },
        () => lines.change(id, { isAwaited: false }),
      );
    }
    return id;
  };
  try {
    await publishRun(
      {
        devices: devices.map((ready) => request.logins.runDevice(ready, draft, connection)),
        ...(isRepeated ? { repeat: draft.repeat } : {}),
        qos: draft.qos,
        compose: (moment) => composer.compose(moment),
        statistics,
        observer: { onMessage, onChange: (id, change) => lines.change(id, change), onDevice },
      },
      signal,
    );
  } finally {
    clearInterval(timer);
    if (isRepeated) {
      onPoint(statistics.takePoint(performance.now()));
      lateArrivals(statistics, onPoint);
    }
  }
}

/** What is still on its way to the hub's events when a run has ended. */
function lateArrivals(statistics: RunStatistics, onPoint: (point: RunPoint) => void): void {
  let seen = statistics.arrived;
  let turns = 0;
  const timer = setInterval(() => {
    if (statistics.arrived === seen && ++turns > 3) return clearInterval(timer);
    if (statistics.arrived !== seen) turns = 0;
    seen = statistics.arrived;
    onPoint(statistics.takePoint(performance.now()));
  }, 1_000);
}

function tellUnreadable(lines: MessageLines, ready: ReadonlyMap<string, ReadyDevice | Error>): void {
  for (const [deviceId, each] of ready) {
    if (!(each instanceof Error)) continue;
    lines.put({
      id: lines.nextId(),
      deviceId,
      at: Date.now(),
      bytes: 0,
      state: 'failed',
      reason: each.message,
    });
  }
}

async function askBeforeTakeover(devices: readonly ReadyDevice[]): Promise<void> {
  const connected = devices.filter(({ device }) => device.isConnected).map(({ device }) => device.deviceId);
  const [first] = connected;
  if (first === undefined) return;
  const question =
    connected.length === 1
      ? `Device "${first}" is connected now.`
      : `${connected.length} of ${devices.length} devices are connected now.`;
  const names =
    connected.length > 1
      ? ` They are: ${connected.slice(0, 10).join(', ')}${connected.length > 10 ? ' …' : ''}.`
      : '';
  await confirm(
    question,
    `A hub keeps one connection of each device: publishing as it from here disconnects the real one.${names}`,
    'Publish Anyway',
  );
}

/** The devices were active just now; the tree should know. */
async function showActivity(
  { registries, devices, log }: Pick<Services, 'registries' | 'devices' | 'log'>,
  hubId: string,
  active: readonly ReadyDevice[],
): Promise<void> {
  for (const { device } of active.slice(0, maxShownActive)) {
    try {
      devices.put(hubId, await (await registries.forHub(hubId)).get(device.deviceId));
    } catch (error) {
      if (!isAbort(error)) log.debug(`Device ${device.deviceId} could not be read again after it published.`);
    }
  }
}
