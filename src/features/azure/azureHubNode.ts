import { azureHubId, subscriptionKey, type AzureHubEntry } from '../../core/azure/azureDirectory';
import { type AzureHub, type HubSku } from '../../core/azure/resources';
import { type Hub, type HubStatus } from '../../core/hub/hub';
import { commands } from '../../contributions';

/** A hub of an account as the tree shows it. */
export function azureHubNode({ hub, subscription }: AzureHubEntry): Hub {
  const status = statusOf(hub);
  const state = hub.state === 'Active' ? '' : stateText(hub.state);
  return {
    id: azureHubId(hub),
    name: hub.name,
    status,
    description: [hub.resourceGroup, hub.location, skuText(hub.sku), state].filter(Boolean).join(' · '),
    tooltip: [
      hub.name,
      hub.hostName,
      `Resource group ${hub.resourceGroup}, ${hub.location}`,
      `Tier ${skuText(hub.sku)}`,
      ...(state ? [`State: ${state}`] : []),
      ...(hub.isLocalAuthOff ? ['Shared access keys are off: Microsoft Entra ID alone.'] : []),
      ...(hub.isPublicAccessOff ? ['Public network access is off: private endpoints alone.'] : []),
    ].join('\n'),
    icon: 'cloud',
    tags: ['azure', ...(status.kind === 'ready' ? [] : [status.kind])],
    parent: subscriptionKey(subscription),
  };
}

/** `F1 free`, `S1`, `S1 × 2` */
export const skuText = ({ name, tier, units }: HubSku) =>
  tier === 'Free' ? `${name} free` : units === 1 ? name : `${name} × ${units}`;

/** States of hubs that pass by themselves: beside the name, and in a sentence. */
const passing: Readonly<Record<string, readonly [short: string, long: string]>> = {
  activating: ['creating…', 'being created'],
  transitioning: ['changing…', 'being changed'],
  deleting: ['deleting…', 'being deleted'],
  resuming: ['resuming…', 'being resumed'],
  suspending: ['suspending…', 'being suspended'],
  failingover: ['failing over…', 'failing over to another region'],
};

function statusOf({ name, state }: AzureHub): HubStatus {
  const [, text] = passing[state.toLowerCase()] ?? [];
  if (text) return { kind: 'busy', text: `The hub is ${text}` };
  if (/^(suspended|deleted|keyencryptionkeyrevoked)$|failed$/i.test(state)) {
    return {
      kind: 'failed',
      reason: `Hub "${name}" cannot be used: Azure says it is ${stateText(state)}.`,
      command: commands.refresh,
    };
  }
  return { kind: 'ready' };
}

/** `ActivationFailed` → `activation failed` */
const stateText = (state: string) =>
  passing[state.toLowerCase()]?.[0] ?? state.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
