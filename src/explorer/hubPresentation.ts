import * as l10n from '@vscode/l10n';
import { type HubSku } from '../core/azure/resources';
import { hubCan } from '../core/hub/hubCapabilities';
import { transientState, type TransientState } from '../core/hub/hubStatus';
import { type Hub, type HubKind, type HubOf, type LocalHubPorts } from '../core/hub/hub';
import { commands } from '../contributions';

/** How a hub looks in the tree and in lists. */
export interface HubPresentation {
  /** Small text beside the name. */
  readonly description: string;
  readonly tooltip: string;
  /** Name of a codicon. */
  readonly icon: string;
  /** Absent for the color of the theme. */
  readonly iconColor?: string;
  /** Menus ask for these in `viewItem`. */
  readonly tags: readonly string[];
}

/** What a hub that cannot be used shows instead of its devices, and what a click does. */
export type HubStatusNotice =
  | { readonly kind: 'ready' }
  | { readonly kind: 'busy'; readonly text: string }
  | { readonly kind: 'off'; readonly text: string; readonly command: StatusCommand }
  | { readonly kind: 'failed'; readonly reason: string; readonly command: StatusCommand };

type StatusCommand = typeof commands.startLocalHub | typeof commands.refresh;

type ByKind<T> = { readonly [K in HubKind]: (hub: HubOf<K>) => T };

// Each table has the right entry for each kind; TypeScript cannot correlate the two by itself.
const choose = <T>(table: ByKind<T>, hub: Hub): T => (table[hub.kind] as (hub: Hub) => T)(hub);

export const presentHub = (hub: Hub): HubPresentation => choose(presentations, hub);
export const hubDescription = (hub: Hub): string => presentHub(hub).description;
export const hubStatusNotice = (hub: Hub): HubStatusNotice =>
  hub.status === 'ready' ? { kind: 'ready' } : choose(statusNotices, hub);

const presentations: ByKind<HubPresentation> = {
  local: (hub) => ({
    description: localDescription(hub),
    tooltip: localTooltip(hub),
    icon: 'server-process',
    ...(refusalOf(hub) === undefined ? {} : { iconColor: 'problemsWarningIcon.foreground' }),
    tags: ['local', localTag(hub)],
  }),
  connectionString: (hub) => ({
    description: hub.name === hub.hostName ? '' : hub.hostName,
    tooltip: `${hub.name}\n${hub.hostName}`,
    icon: 'cloud',
    tags: entryTags(hub),
  }),
  eventHubs: (hub) => ({
    description: joined(l10n.t('events only'), hub.name === hub.hostName ? '' : hub.hostName),
    tooltip: `${hub.name}\n${hub.hostName}\n${l10n.t('Event endpoint: monitoring only.')}`,
    icon: 'broadcast',
    tags: [...entryTags(hub), 'eventsOnly'],
  }),
  azure: (hub) => ({
    description: joined(
      hub.resource.resourceGroup,
      hub.resource.location,
      skuText(hub.resource.sku),
      unusualState(hub),
    ),
    tooltip: azureTooltip(hub),
    icon: 'cloud',
    tags: ['azure', ...(hub.status === 'ready' ? [] : [hub.status])],
  }),
};

const entryTags = (hub: Hub) => (hubCan(hub, 'removeEntry') ? ['removable'] : []);
const joined = (...parts: readonly string[]) => parts.filter(Boolean).join(' · ');

/** Why a running hub cannot store anything. */
const refusalOf = ({ process }: HubOf<'local'>): string | undefined =>
  process.kind === 'running' ? process.problems?.find(({ kind }) => kind === 'refusing')?.text : undefined;

function localDescription(hub: HubOf<'local'>): string {
  const { process } = hub;
  const refusal = refusalOf(hub);
  switch (process.kind) {
    case 'stopped':
      return l10n.t('stopped');
    case 'starting':
      return l10n.t('starting…');
    case 'stopping':
      return l10n.t('stopping…');
    case 'running':
      return refusal === undefined
        ? l10n.t('running :{0}', process.ports.mqtt)
        : l10n.t('cannot store data: {0}', refusal);
    case 'failed':
      return l10n.t('failed: {0}', process.reason);
  }
}

function localTooltip({ name, process }: HubOf<'local'>): string {
  if (process.kind === 'failed') return `${name}\n${process.reason}`;
  return [
    name,
    l10n.t('A local IoT Hub emulator: no Azure account required, no data leaves the computer.'),
    ...(process.kind === 'running'
      ? [...portLines(process.ports), ...(process.problems ?? []).map(({ text }) => text)]
      : []),
    ...(process.kind === 'stopped' && process.note ? [process.note] : []),
  ].join('\n');
}

const portLines = ({ mqtt, https, amqp, amqpPlain }: LocalHubPorts) => [
  l10n.t('MQTT (TLS): {0}', mqtt),
  l10n.t('HTTPS: {0}', https),
  l10n.t('AMQP (TLS): {0}', amqp),
  l10n.t('AMQP (plain, loopback): {0}', amqpPlain),
];

function localTag({ process }: HubOf<'local'>): string {
  switch (process.kind) {
    case 'starting':
    case 'stopping':
      return 'busy';
    case 'stopped':
    case 'running':
    case 'failed':
      return process.kind;
  }
}

function azureTooltip(hub: HubOf<'azure'>): string {
  const { resource } = hub;
  const state = unusualState(hub);
  return [
    resource.name,
    resource.hostName,
    l10n.t('Resource group {0}, {1}', resource.resourceGroup, resource.location),
    l10n.t('Tier {0}', skuText(resource.sku)),
    ...(state ? [l10n.t('State: {0}', state)] : []),
    ...(resource.isLocalAuthOff ? [l10n.t('Shared access keys are disabled: Microsoft Entra ID only.')] : []),
    ...(resource.isPublicAccessOff
      ? [l10n.t('Public network access is disabled: private endpoints only.')]
      : []),
  ].join('\n');
}

/** `F1 free`, `S1`, `S1 × 2` */
const skuText = ({ name, tier, units }: HubSku) =>
  tier === 'Free' ? l10n.t('{0} free', name) : units === 1 ? name : `${name} × ${units}`;

/** Beside the name. */
function transientStateText(state: TransientState): string {
  switch (state) {
    case 'activating':
      return l10n.t('creating…');
    case 'transitioning':
      return l10n.t('changing…');
    case 'deleting':
      return l10n.t('deleting…');
    case 'resuming':
      return l10n.t('resuming…');
    case 'suspending':
      return l10n.t('suspending…');
    case 'failingover':
      return l10n.t('failing over…');
  }
}

/** In place of the devices. */
function transientStateSentence(state: TransientState): string {
  switch (state) {
    case 'activating':
      return l10n.t('The hub is being created');
    case 'transitioning':
      return l10n.t('The hub is being changed');
    case 'deleting':
      return l10n.t('The hub is being deleted');
    case 'resuming':
      return l10n.t('The hub is being resumed');
    case 'suspending':
      return l10n.t('The hub is being suspended');
    case 'failingover':
      return l10n.t('The hub is failing over to another region');
  }
}

const unusualState = ({ resource: { state } }: HubOf<'azure'>) =>
  state === 'Active' ? '' : stateText(state);

/** `ActivationFailed` → `activation failed` */
function stateText(state: string): string {
  const transient = transientState(state);
  return transient ? transientStateText(transient) : state.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

const statusNotices: ByKind<HubStatusNotice> = {
  local: (hub) => {
    const { process } = hub;
    switch (process.kind) {
      case 'stopped':
        return { kind: 'off', text: l10n.t('Start Local Hub'), command: commands.startLocalHub };
      case 'starting':
        return { kind: 'busy', text: l10n.t('The local hub is starting…') };
      case 'stopping':
        return { kind: 'busy', text: l10n.t('The local hub is stopping…') };
      case 'running':
        return { kind: 'ready' };
      case 'failed':
        return {
          kind: 'failed',
          reason: l10n.t('The local hub failed: {0}', process.reason),
          command: commands.startLocalHub,
        };
    }
  },
  connectionString: () => ({ kind: 'ready' }),
  eventHubs: () => ({ kind: 'ready' }),
  azure: ({ name, resource: { state } }) => {
    const transient = transientState(state);
    if (transient) return { kind: 'busy', text: transientStateSentence(transient) };
    return {
      kind: 'failed',
      reason: l10n.t('Hub "{0}" cannot be used. Its state in Azure is {1}.', name, stateText(state)),
      command: commands.refresh,
    };
  },
};
