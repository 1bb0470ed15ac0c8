import { type DeviceSummary } from '../device/device';
import { type PartitionState } from './eventSource';

/** What could be found out about a hub whose monitor shows nothing. */
export interface SilenceFacts {
  readonly isMonitoring: boolean;
  readonly consumerGroup: string;
  /** From when the monitor shows messages, in milliseconds; absent when it reads from the beginning. */
  readonly since?: number;
  /** Messages that the monitor showed since it was started. */
  readonly received: number;
  /** The monitor's filter, and how many messages it hid since. */
  readonly hiding?: { readonly filter: string; readonly messages: number };
  /** The first devices of the hub, or why they cannot be read. */
  readonly devices: readonly DeviceSummary[] | Error;
  /** Of the event endpoint, or why it cannot be read. */
  readonly partitions: readonly PartitionState[] | Error;
  readonly now: number;
}

export type Fix =
  'changeFilter' | 'startMonitoring' | 'registerDevice' | 'publishMessage' | 'startFromEarlier';

/** One thing that was looked at. */
export interface Finding {
  readonly isCause: boolean;
  /** One sentence; a cause says what to do. */
  readonly text: string;
  readonly fix?: Fix;
}

/** A device that was active in the last while is taken for one that sends. */
const recentMs = 10 * 60_000;

/** Everything that was looked at, in the order in which a message passes it; causes first. */
export function whyNoMessages(facts: SilenceFacts): readonly Finding[] {
  const findings = [
    ...aboutDevices(facts),
    ...aboutEndpoint(facts),
    ...aboutFilter(facts),
    facts.isMonitoring
      ? fine(`The monitor runs and has shown ${facts.received - (facts.hiding?.messages ?? 0)} messages.`)
      : cause('The monitor does not run: start it.', 'startMonitoring'),
  ];
  const causes = findings.filter(({ isCause }) => isCause);
  return [...causes, ...findings.filter(({ isCause }) => !isCause)];
}

function aboutDevices({ devices, now }: SilenceFacts): readonly Finding[] {
  if (devices instanceof Error) return [cause(`The devices of the hub cannot be read: ${devices.message}`)];
  if (devices.length === 0) {
    return [cause('The hub has no device that could send: register one.', 'registerDevice')];
  }
  if (devices.every(({ isEnabled }) => !isEnabled)) {
    return [cause('All devices that were looked at are disabled: enable the one that should send.')];
  }
  const connected = devices.filter(({ isConnected }) => isConnected).length;
  const lastActive = Math.max(...devices.map(({ lastActivityAt }) => lastActivityAt ?? 0));
  if (lastActive === 0 && connected === 0) {
    return [
      cause('No device has ever been active on this hub: send a message as one of them.', 'publishMessage'),
    ];
  }
  if (connected === 0 && now - lastActive > recentMs) {
    return [
      cause(
        `No device is connected; the last one was active at ${new Date(lastActive).toISOString()}: look at the devices, or send a message as one of them.`,
        'publishMessage',
      ),
    ];
  }
  return [fine(`${connected} of the ${devices.length} devices that were looked at are connected.`)];
}

function aboutFilter({ hiding, received }: SilenceFacts): readonly Finding[] {
  if (!hiding) return [];
  const said = `The filter "${hiding.filter}" hides ${hiding.messages} messages`;
  return hiding.messages > 0 && hiding.messages >= received
    ? [cause(`${said}, all that came: change it or make it empty.`, 'changeFilter')]
    : [fine(`${said}.`)];
}

function aboutEndpoint({ partitions, consumerGroup, since, received }: SilenceFacts): readonly Finding[] {
  if (partitions instanceof Error) {
    return [cause(`Events cannot be read with consumer group ${consumerGroup}: ${partitions.message}`)];
  }
  const newest = Math.max(0, ...partitions.map(({ lastEnqueuedAt }) => lastEnqueuedAt ?? 0));
  const can = fine(
    `The key and consumer group ${consumerGroup} can read all ${partitions.length} partitions.`,
  );
  if (newest === 0) {
    return [
      can,
      cause(
        'No message has reached the event endpoint yet. When devices do send, a route of the hub takes their messages elsewhere and the fallback route is off.',
        'publishMessage',
      ),
    ];
  }
  const at = new Date(newest).toISOString();
  if (received === 0 && since !== undefined && newest < since) {
    return [
      can,
      cause(
        `The newest message came at ${at}, before the time from which the monitor reads: start from earlier to see it.`,
        'startFromEarlier',
      ),
    ];
  }
  return [can, fine(`The newest message came at ${at}.`)];
}

const fine = (text: string): Finding => ({ isCause: false, text });
const cause = (text: string, fix?: Fix): Finding => ({ isCause: true, text, ...(fix ? { fix } : {}) });
