import { counted, formatCount } from '../base/numbers';
import { isSameText } from '../base/sameText';
import { type DeviceSummary } from '../device/device';
import { isIotError } from '../errors';
import {
  builtInEndpoint,
  deviceMessages,
  type HubQuota,
  type HubRoute,
  type HubRouting,
} from '../hub/hubSettings';
import { type PartitionState } from './eventSource';

/** What could be found out about a hub whose monitor shows nothing. */
export interface SilenceFacts {
  /** What the monitor is doing; `trouble`: what it tries to get over, or has ended with. */
  readonly monitor: {
    readonly kind: 'idle' | 'connecting' | 'live' | 'retrying' | 'stopping' | 'failed';
    readonly trouble?: string | undefined;
  };
  readonly consumerGroup: string;
  /** From when the monitor shows messages, in milliseconds; absent when it reads from the beginning. */
  readonly since?: number;
  /** Messages that the monitor showed since it was started. */
  readonly received: number;
  /** The monitor's filter, and how many messages it hid since. */
  readonly hiding?: { readonly filter: string; readonly messages: number };
  /**
   * The first devices of the hub, or those that a monitor of some devices watches, or why they cannot be read;
   * absent for an event endpoint, which knows none.
   */
  readonly devices?: readonly DeviceSummary[] | Error | undefined;
  /** Devices that are watched and that the hub does not have. */
  readonly missing?: readonly string[];
  /** From the hub's management, when it is within reach. */
  readonly routing?: Pick<HubRouting, 'routes' | 'isFallbackOn'>;
  readonly quota?: HubQuota;
  readonly consumerGroups?: readonly string[];
  /** Of the event endpoint, or why it cannot be read. */
  readonly partitions: readonly PartitionState[] | Error;
  readonly now: number;
}

export type Fix =
  | 'changeFilter'
  | 'startMonitoring'
  | 'registerDevice'
  | 'publishMessage'
  | 'startFromEarlier'
  | 'chooseConsumerGroup';

/** One thing that was looked at. */
export interface Finding {
  readonly isCause: boolean;
  /** One sentence; a cause says what to do. */
  readonly text: string;
  readonly fix?: Fix;
}

/** A device that was active in the last while is taken for one that sends. */
const recentMs = 10 * 60_000;
const dayMs = 24 * 60 * 60_000;

/** Everything that was looked at, in the order in which a message passes it; causes first. */
export function whyNoMessages(facts: SilenceFacts): readonly Finding[] {
  const findings = [
    ...aboutDevices(facts),
    ...aboutQuota(facts),
    ...aboutRoutes(facts),
    ...aboutEndpoint(facts),
    ...aboutFilter(facts),
    aboutMonitor(facts),
  ];
  const causes = findings.filter(({ isCause }) => isCause);
  return [...causes, ...findings.filter(({ isCause }) => !isCause)];
}

function aboutDevices({
  devices,
  missing = [],
  now,
}: Pick<SilenceFacts, 'devices' | 'missing' | 'now'>): readonly Finding[] {
  if (devices === undefined) return [];
  if (!(devices instanceof Error) && missing.length > 0) {
    const gone = cause(
      `The hub has no device ${missing.map((id) => `"${id}"`).join(', ')}, which the monitor watches: register ${missing.length === 1 ? 'it' : 'them'}, or monitor another.`,
      'registerDevice',
    );
    return devices.length === 0 ? [gone] : [gone, ...aboutDevices({ devices, now })];
  }
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
  return [fine(`Connected devices: ${connected} of the ${devices.length} that were looked at.`)];
}

function aboutQuota({ quota, now }: SilenceFacts): readonly Finding[] {
  if (!quota) return [];
  const said = `${formatCount(quota.used)} of the ${formatCount(quota.limit)} messages of today`;
  if (quota.limit > 0 && quota.used >= quota.limit) {
    const midnight = new Date(Math.ceil((now + 1) / dayMs) * dayMs).toISOString().slice(0, 16);
    return [
      cause(
        `The hub's daily quota is used up (${said}): it takes messages again from ${midnight}Z on, or with more units.`,
      ),
    ];
  }
  return quota.limit > 0 ? [fine(`The hub has taken ${said}.`)] : [];
}

function aboutRoutes({ routing }: SilenceFacts): readonly Finding[] {
  if (!routing) return [];
  const enabled = routing.routes.filter(({ isEnabled, source }) => isEnabled && source === deviceMessages);
  const elsewhere = enabled.filter(({ endpoints }) => !endpoints.includes(builtInEndpoint));
  const here = enabled.filter(({ endpoints }) => endpoints.includes(builtInEndpoint));
  const names = (routes: readonly HubRoute[]) => routes.map(({ name }) => `"${name}"`).join(', ');
  const taking = elsewhere.find(({ condition }) => /^\s*(true)?\s*$/i.test(condition));
  if (here.length === 0 && !routing.isFallbackOn) {
    return [
      cause(
        `The fallback route is off and no route leads to the built-in endpoint${elsewhere.length > 0 ? ` (${names(elsewhere)} ${elsewhere.length === 1 ? 'leads' : 'lead'} elsewhere)` : ''}, so that monitors see nothing: turn the fallback route on, or add a route to the endpoint "${builtInEndpoint}".`,
      ),
    ];
  }
  if (here.length === 0 && taking) {
    return [
      cause(
        `Route "${taking.name}" takes all messages to ${taking.endpoints.join(', ')}, and what a route takes does not reach the fallback route: add a route to the endpoint "${builtInEndpoint}" as well.`,
      ),
    ];
  }
  if (elsewhere.length > 0) {
    return [
      fine(
        `Messages that fit ${names(elsewhere)} go elsewhere; ${here.length > 0 ? `${names(here)} and ` : ''}${routing.isFallbackOn ? 'the fallback route' : 'nothing else'} ${routing.isFallbackOn || here.length > 1 ? 'lead' : 'leads'} to the built-in endpoint.`,
      ),
    ];
  }
  return [
    fine(
      `${routing.isFallbackOn ? 'The fallback route is on' : `Route ${names(here)} leads to the built-in endpoint`}.`,
    ),
  ];
}

function aboutFilter({ hiding, received }: SilenceFacts): readonly Finding[] {
  if (!hiding) return [];
  const said = `The filter "${hiding.filter}" hides ${counted(hiding.messages, 'message')}`;
  return hiding.messages > 0 && hiding.messages >= received
    ? [cause(`${said}, all that came: change it or make it empty.`, 'changeFilter')]
    : [fine(`${said}.`)];
}

function aboutEndpoint({
  partitions,
  consumerGroup,
  consumerGroups,
  routing,
  since,
  received,
}: SilenceFacts): readonly Finding[] {
  if (consumerGroups && !consumerGroups.some((name) => isSameText(name, consumerGroup))) {
    return [
      cause(
        `The hub has no consumer group ${consumerGroup}: choose another, or create it.`,
        'chooseConsumerGroup',
      ),
    ];
  }
  if (
    partitions instanceof Error &&
    isIotError(partitions) &&
    (partitions.code === 'refused' || partitions.code === 'quotaExceeded')
  ) {
    return [
      cause(
        `${partitions.message.replace(/\.$/, '')} (consumer group ${consumerGroup}).`,
        'chooseConsumerGroup',
      ),
    ];
  }
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
        routing
          ? 'No message has reached the event endpoint yet.'
          : 'No message has reached the event endpoint yet. When devices do send, a route of the hub takes their messages elsewhere and the fallback route is off.',
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

function aboutMonitor({ monitor: { kind, trouble = '' }, received, hiding }: SilenceFacts): Finding {
  switch (kind) {
    case 'live':
      return trouble === ''
        ? fine(`The monitor runs and has shown ${counted(received - (hiding?.messages ?? 0), 'message')}.`)
        : cause(`The monitor tries to get over this: ${trouble}`);
    case 'connecting':
      return cause('The monitor is connecting and shows nothing before it is live: wait, or stop it.');
    case 'retrying':
      return cause(`The monitor is reconnecting and shows nothing meanwhile: ${trouble}`);
    case 'failed':
      return cause(`The monitor has ended; start it again: ${trouble}`, 'startMonitoring');
    case 'idle':
    case 'stopping':
      return cause('The monitor does not run: start it.', 'startMonitoring');
  }
}

const fine = (text: string): Finding => ({ isCause: false, text });
const cause = (text: string, fix?: Fix): Finding => ({ isCause: true, text, ...(fix ? { fix } : {}) });
