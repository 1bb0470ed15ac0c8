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
  /** Menus ask for these in `viewItem`. */
  readonly tags: readonly string[];
}

/** What a hub that cannot be used says instead of its devices, and what a click on that does. */
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
    tags: ['local', localTag(hub)],
  }),
  connectionString: (hub) => ({
    description: hub.name === hub.hostName ? '' : hub.hostName,
    tooltip: `${hub.name}\n${hub.hostName}`,
    icon: 'cloud',
    tags: entryTags(hub),
  }),
  eventHubs: (hub) => ({
    description: joined('events only', hub.name === hub.hostName ? '' : hub.hostName),
    tooltip: `${hub.name}\n${hub.hostName}\nEvent endpoint: it can be monitored, and nothing else.`,
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

function localDescription({ process }: HubOf<'local'>): string {
  switch (process.kind) {
    case 'stopped':
      return 'stopped';
    case 'starting':
      return 'starting…';
    case 'stopping':
      return 'stopping…';
    case 'running':
      return `running :${process.ports.mqtt}`;
    case 'failed':
      return `failed: ${process.reason}`;
  }
}

function localTooltip({ name, process }: HubOf<'local'>): string {
  if (process.kind === 'failed') return `${name}\n${process.reason}`;
  return [
    name,
    'An IoT Hub of your own on this machine: no Azure account, nothing leaves the computer.',
    ...(process.kind === 'running' ? portLines(process.ports) : []),
    ...(process.kind === 'stopped' && process.note ? [process.note] : []),
  ].join('\n');
}

const portLines = ({ mqtt, https, amqp, amqpPlain }: LocalHubPorts) => [
  `MQTT (TLS): ${mqtt}`,
  `HTTPS: ${https}`,
  `AMQP (TLS): ${amqp}`,
  `AMQP (plain, loopback): ${amqpPlain}`,
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
    `Resource group ${resource.resourceGroup}, ${resource.location}`,
    `Tier ${skuText(resource.sku)}`,
    ...(state ? [`State: ${state}`] : []),
    ...(resource.isLocalAuthOff ? ['Shared access keys are off: Microsoft Entra ID alone.'] : []),
    ...(resource.isPublicAccessOff ? ['Public network access is off: private endpoints alone.'] : []),
  ].join('\n');
}

/** `F1 free`, `S1`, `S1 × 2` */
const skuText = ({ name, tier, units }: HubSku) =>
  tier === 'Free' ? `${name} free` : units === 1 ? name : `${name} × ${units}`;

/** Beside the name, and in a sentence. */
const transientStateText = (state: TransientState): readonly [short: string, long: string] =>
  (
    ({
      activating: ['creating…', 'being created'],
      transitioning: ['changing…', 'being changed'],
      deleting: ['deleting…', 'being deleted'],
      resuming: ['resuming…', 'being resumed'],
      suspending: ['suspending…', 'being suspended'],
      failingover: ['failing over…', 'failing over to another region'],
    }) as const
  )[state];

const unusualState = ({ resource: { state } }: HubOf<'azure'>) =>
  state === 'Active' ? '' : stateText(state);

/** `ActivationFailed` → `activation failed` */
function stateText(state: string): string {
  const transient = transientState(state);
  return transient
    ? transientStateText(transient)[0]
    : state.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

const statusNotices: ByKind<HubStatusNotice> = {
  local: (hub) => {
    const { process } = hub;
    switch (process.kind) {
      case 'stopped':
        return { kind: 'off', text: 'Start the local hub', command: commands.startLocalHub };
      case 'starting':
      case 'stopping':
        return { kind: 'busy', text: `The local hub is ${localDescription(hub)}` };
      case 'running':
        return { kind: 'ready' };
      case 'failed':
        return {
          kind: 'failed',
          reason: `The local hub has failed: ${process.reason}`,
          command: commands.startLocalHub,
        };
    }
  },
  connectionString: () => ({ kind: 'ready' }),
  eventHubs: () => ({ kind: 'ready' }),
  azure: ({ name, resource: { state } }) => {
    const transient = transientState(state);
    if (transient) return { kind: 'busy', text: `The hub is ${transientStateText(transient)[1]}` };
    return {
      kind: 'failed',
      reason: `Hub "${name}" cannot be used: Azure says it is ${stateText(state)}.`,
      command: commands.refresh,
    };
  },
};
