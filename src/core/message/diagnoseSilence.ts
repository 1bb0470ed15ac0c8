import * as l10n from '@vscode/l10n';
import { listText } from '../base/lists';
import { formatCount } from '../base/numbers';
import { isSameText } from '../base/sameText';
import { isIotError } from '../errors';
import { builtInEndpoint, deviceMessages, type HubRoute } from '../hub/hubSettings';
import { type Finding, type Fix, type SilenceEvidence } from './silenceEvidence';

/** A device that was active this recently is assumed to send messages. */
const recentMs = 10 * 60_000;
const dayMs = 24 * 60 * 60_000;

/** Checks every step of a message's path; causes come first, otherwise the findings are in the order of the path. */
export function diagnoseSilence(evidence: SilenceEvidence): readonly Finding[] {
  const findings = [
    ...checkDevices(evidence),
    ...checkQuota(evidence),
    ...checkRoutes(evidence),
    ...checkEndpoint(evidence),
    ...checkFilter(evidence),
    checkMonitor(evidence),
  ];
  const causes = findings.filter(({ isCause }) => isCause);
  return [...causes, ...findings.filter(({ isCause }) => !isCause)];
}

function checkDevices({
  devices,
  missing = [],
  now,
}: Pick<SilenceEvidence, 'devices' | 'missing' | 'now'>): readonly Finding[] {
  if (devices === undefined) return [];
  if (!(devices instanceof Error) && missing.length > 0) {
    const ids = listText(missing.map((id) => `"${id}"`));
    const missingDevices = cause(
      missing.length === 1
        ? l10n.t('The monitored device {0} does not exist. Register it, or monitor another device.', ids)
        : l10n.t('The monitored devices {0} do not exist. Register them, or monitor other devices.', ids),
      'registerDevice',
    );
    return devices.length === 0 ? [missingDevices] : [missingDevices, ...checkDevices({ devices, now })];
  }
  if (devices instanceof Error) {
    return [cause(l10n.t('The devices of the hub cannot be read: {0}', devices.message))];
  }
  if (devices.length === 0) {
    return [cause(l10n.t('The hub has no devices. Register a device.'), 'registerDevice')];
  }
  if (devices.every(({ isEnabled }) => !isEnabled)) {
    return [cause(l10n.t('All checked devices are disabled. Enable the device that should send messages.'))];
  }
  const connected = devices.filter(({ isConnected }) => isConnected).length;
  const lastActive = Math.max(...devices.map(({ lastActivityAt }) => lastActivityAt ?? 0));
  if (lastActive === 0 && connected === 0) {
    return [
      cause(
        l10n.t('No device has ever been active on this hub. Publish a message as one of the devices.'),
        'publishMessage',
      ),
    ];
  }
  if (connected === 0 && now - lastActive > recentMs) {
    return [
      cause(
        l10n.t(
          'No device is connected. The last activity was at {0}. Check the devices, or publish a message as one of them.',
          new Date(lastActive).toISOString(),
        ),
        'publishMessage',
      ),
    ];
  }
  return [
    fine(
      l10n.t('Connected devices: {0} of {1} checked.', formatCount(connected), formatCount(devices.length)),
    ),
  ];
}

function checkQuota({ quota, now }: SilenceEvidence): readonly Finding[] {
  if (!quota || quota.limit <= 0) return [];
  const used = formatCount(quota.used);
  const limit = formatCount(quota.limit);
  if (quota.used < quota.limit) {
    return [fine(l10n.t('Daily message quota: {0} of {1} messages used.', used, limit))];
  }
  const midnight = new Date(Math.ceil((now + 1) / dayMs) * dayMs).toISOString().slice(0, 16);
  return [
    cause(
      l10n.t(
        'The daily message quota is exceeded ({0} of {1} messages). The hub accepts messages again at {2}Z, or after you add units.',
        used,
        limit,
        midnight,
      ),
    ),
  ];
}

function checkRoutes({ routing }: SilenceEvidence): readonly Finding[] {
  if (!routing) return [];
  const enabled = routing.routes.filter(({ isEnabled, source }) => isEnabled && source === deviceMessages);
  const elsewhere = enabled.filter(({ endpoints }) => !endpoints.includes(builtInEndpoint));
  const here = enabled.filter(({ endpoints }) => endpoints.includes(builtInEndpoint));
  const catchAll = elsewhere.find(({ condition }) => /^(true)?$/i.test(condition.trim()));
  if (here.length === 0 && !routing.isFallbackOn) {
    return [
      cause(
        elsewhere.length === 0
          ? l10n.t(
              'No messages reach the built-in endpoint: the fallback route is disabled and no route uses the endpoint. Enable the fallback route, or add a route to the endpoint "{0}".',
              builtInEndpoint,
            )
          : l10n.t(
              'No messages reach the built-in endpoint: the fallback route is disabled, and messages are sent to other endpoints by {0}. Enable the fallback route, or add a route to the endpoint "{1}".',
              routesText(elsewhere, false),
              builtInEndpoint,
            ),
      ),
    ];
  }
  if (here.length === 0 && catchAll) {
    return [
      cause(
        l10n.t(
          'Route "{0}" matches all messages and sends them to {1}, so none reach the fallback route. Also add a route to the endpoint "{2}".',
          catchAll.name,
          listText(catchAll.endpoints),
          builtInEndpoint,
        ),
      ),
    ];
  }
  const sources = routesText(here, routing.isFallbackOn);
  return elsewhere.length === 0
    ? [fine(l10n.t('The built-in endpoint receives messages from: {0}.', sources))]
    : [
        fine(
          l10n.t(
            'The built-in endpoint receives messages from: {0}. Messages that match {1} are sent to other endpoints.',
            sources,
            routesText(elsewhere, false),
          ),
        ),
      ];
}

/** `route "a", route "b" and the fallback route` */
const routesText = (routes: readonly HubRoute[], withFallback: boolean): string =>
  listText([
    ...routes.map(({ name }) => l10n.t('route "{0}"', name)),
    ...(withFallback ? [l10n.t('the fallback route')] : []),
  ]);

function checkFilter({ hiding, received }: SilenceEvidence): readonly Finding[] {
  if (!hiding) return [];
  const { filter, messages } = hiding;
  if (messages > 0 && messages >= received) {
    return [
      cause(
        messages === 1
          ? l10n.t('The filter "{0}" hides the only message received. Change or clear the filter.', filter)
          : l10n.t(
              'The filter "{0}" hides all {1} messages received. Change or clear the filter.',
              filter,
              formatCount(messages),
            ),
        'changeFilter',
      ),
    ];
  }
  return [
    fine(
      messages === 1
        ? l10n.t('The filter "{0}" hides 1 message.', filter)
        : l10n.t('The filter "{0}" hides {1} messages.', filter, formatCount(messages)),
    ),
  ];
}

function checkEndpoint({
  partitions,
  consumerGroup,
  consumerGroups,
  routing,
  since,
  received,
}: SilenceEvidence): readonly Finding[] {
  if (consumerGroups && !consumerGroups.some((name) => isSameText(name, consumerGroup))) {
    return [
      cause(
        l10n.t('Consumer group "{0}" does not exist. Select another one, or create it.', consumerGroup),
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
        l10n.t('Consumer group "{0}" cannot be used: {1}', consumerGroup, partitions.message),
        'chooseConsumerGroup',
      ),
    ];
  }
  if (partitions instanceof Error) {
    return [
      cause(
        l10n.t('Events cannot be read with consumer group "{0}": {1}', consumerGroup, partitions.message),
      ),
    ];
  }
  const newest = Math.max(0, ...partitions.map(({ lastEnqueuedAt }) => lastEnqueuedAt ?? 0));
  const can = fine(
    l10n.t(
      'Consumer group "{0}" can read all partitions: {1}.',
      consumerGroup,
      formatCount(partitions.length),
    ),
  );
  if (newest === 0) {
    return [
      can,
      cause(
        routing
          ? l10n.t('No messages have reached the event endpoint yet.')
          : l10n.t(
              'No messages have reached the event endpoint yet. If devices are sending, a route may send their messages to another endpoint while the fallback route is disabled.',
            ),
        'publishMessage',
      ),
    ];
  }
  const at = new Date(newest).toISOString();
  if (received === 0 && since !== undefined && newest < since) {
    return [
      can,
      cause(
        l10n.t(
          'The newest message was enqueued at {0}, before the start position of the monitor. Start from an earlier time to see it.',
          at,
        ),
        'startFromEarlier',
      ),
    ];
  }
  return [can, fine(l10n.t('The newest message was enqueued at {0}.', at))];
}

function checkMonitor({ monitor: { kind, trouble = '' }, received, hiding }: SilenceEvidence): Finding {
  const shown = received - (hiding?.messages ?? 0);
  switch (kind) {
    case 'live':
      if (trouble !== '') return cause(l10n.t('Monitoring is being restored: {0}', trouble));
      return fine(
        shown === 1
          ? l10n.t('Monitoring is running and has shown 1 message.')
          : l10n.t('Monitoring is running and has shown {0} messages.', formatCount(shown)),
      );
    case 'connecting':
      return cause(l10n.t('Monitoring is connecting. Wait until it is connected, or stop it.'));
    case 'retrying':
      return cause(l10n.t('Monitoring is reconnecting: {0}', trouble));
    case 'failed':
      return cause(l10n.t('Monitoring has stopped. Start it again. Reason: {0}', trouble), 'startMonitoring');
    case 'idle':
    case 'stopping':
      return cause(l10n.t('Monitoring is not running. Start it.'), 'startMonitoring');
  }
}

const fine = (text: string): Finding => ({ isCause: false, text });
const cause = (text: string, fix?: Fix): Finding => ({ isCause: true, text, ...(fix ? { fix } : {}) });
