import { abortError } from '../base/abort';
import { plainMessage } from '../errors';
import { type DeviceSession } from '../message/deviceSession';
import { type ReceivedMessage } from '../message/receivedMessage';
import { telemetryTopic } from '../mqtt/mqttSettings';
import { sentProperties } from './sentProperties';

export interface ReplayPlan {
  /** The device that replays a recorded one; `undefined` skips its messages. */
  deviceFor(this: void, recorded: string): string | undefined;
  /** Multiple of the recorded pace; 0 is as fast as possible. */
  readonly speed: number;
}

export interface ReplayPorts {
  /** Called once for each device, and again after a failure to open. */
  session(deviceId: string): Promise<DeviceSession>;
  /** Milliseconds of a monotonic clock. */
  now(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export interface ReplayCounts {
  sent: number;
  acknowledged: number;
  failed: number;
  /** Messages of devices without a mapping, and messages that are not telemetry. */
  leftOut: number;
  /** Delay relative to the plan, in milliseconds. */
  behindMs: number;
  firstFailure?: string;
  /** Names of properties that could not be sent again as they were received. */
  readonly notKept: Set<string>;
}

export const newReplayCounts = (): ReplayCounts => ({
  sent: 0,
  acknowledged: 0,
  failed: 0,
  leftOut: 0,
  behindMs: 0,
  notKept: new Set(),
});

/** Longer pauses of a recording are shortened. */
const maxWaitMs = 60 * 60_000;

/**
 * Sends recorded messages as devices: in order, with the pauses between them divided by the speed. A device that fails
 * does not stop the others. Resolves when all are acknowledged or failed. @throws the abort error
 */
export async function replay(
  batches: AsyncIterable<readonly ReceivedMessage[]>,
  plan: ReplayPlan,
  ports: ReplayPorts,
  counts: ReplayCounts,
  signal: AbortSignal,
): Promise<void> {
  const sessions = new Sessions(ports);
  const inFlight = new Set<Promise<void>>();
  let started: { readonly at: number; readonly recordedAt: number } | undefined;
  const fail = (error: unknown) => {
    counts.failed++;
    counts.firstFailure ??= plainMessage(error);
  };
  for await (const messages of batches) {
    for (const message of messages) {
      if (signal.aborted) throw abortError();
      const deviceId = targetOf(message, plan);
      if (deviceId === undefined) {
        counts.leftOut++;
        continue;
      }
      const hasTime = Number.isFinite(message.enqueuedAt);
      if (hasTime) started ??= { at: ports.now(), recordedAt: message.enqueuedAt };
      if (plan.speed > 0 && started && hasTime) {
        const due = started.at + (message.enqueuedAt - started.recordedAt) / plan.speed;
        const ahead = Math.min(maxWaitMs, due - ports.now());
        counts.behindMs = Math.max(0, -ahead);
        if (ahead > 0) await ports.wait(ahead, signal);
      }
      try {
        const { bag, notKept } = sentProperties(message);
        for (const name of notKept) counts.notKept.add(name);
        const session = await sessions.get(deviceId);
        await session.ready(signal);
        const delivery = session
          .publish({ topic: telemetryTopic(deviceId, bag), payload: message.body, qos: 1 }, signal)
          .then(() => void counts.acknowledged++, fail)
          .finally(() => inFlight.delete(delivery));
        counts.sent++;
        inFlight.add(delivery);
      } catch (error) {
        if (signal.aborted) throw abortError();
        sessions.forget(deviceId);
        fail(error);
      }
    }
  }
  await Promise.all(inFlight);
  if (signal.aborted) throw abortError();
}

function targetOf({ deviceId, moduleId, source }: ReceivedMessage, plan: ReplayPlan): string | undefined {
  if (deviceId === undefined || moduleId !== undefined) return undefined;
  return source === undefined || source === 'Telemetry' ? plan.deviceFor(deviceId) : undefined;
}

/** Opens sessions on demand. */
class Sessions {
  private readonly open = new Map<string, Promise<DeviceSession>>();

  constructor(private readonly ports: ReplayPorts) {}

  get(deviceId: string): Promise<DeviceSession> {
    let session = this.open.get(deviceId);
    if (!session) this.open.set(deviceId, (session = this.ports.session(deviceId)));
    return session;
  }

  forget(deviceId: string): void {
    this.open.delete(deviceId);
  }
}
