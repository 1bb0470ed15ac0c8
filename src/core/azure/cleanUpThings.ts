import { listText } from '../base/lists';
import { azureHubId } from './azureDirectory';
import { counted } from '../base/numbers';
import { isOnHub, type MadeOf } from './ledger';
import { type MadeThing } from './madeHere';
import { type HubReference } from './resources';

export const of = <K extends MadeThing['kind']>(things: readonly MadeThing[], kind: K) =>
  things.filter((thing): thing is MadeOf<K> => thing.kind === kind);

/** Of a hub in Azure, from its id in the tree. */
export function hubReferenceOf(
  hubId: string,
): (HubReference & { readonly subscriptionId: string }) | undefined {
  const [, subscriptionId, resourceGroup, name] =
    /^azure:\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.devices\/iothubs\/([^/]+)$/.exec(
      hubId,
    ) ?? [];
  return subscriptionId && resourceGroup && name ? { subscriptionId, resourceGroup, name } : undefined;
}

/** Lower case; `undefined` for what is not in a subscription that is known. */
export const subscriptionIdOf = (thing: MadeThing): string | undefined =>
  thing.kind === 'resourceGroup' || thing.kind === 'hub'
    ? thing.subscriptionId.toLowerCase()
    : isOnHub(thing)
      ? hubReferenceOf(thing.hubId)?.subscriptionId
      : undefined;

export const accountIdOf = (thing: MadeThing) =>
  thing.kind === 'resourceGroup' || thing.kind === 'hub' ? thing.accountId : undefined;

/** The id in the tree of a hub that was made here. */
export const hubIdOf = ({ subscriptionId, resourceGroup, name }: MadeOf<'hub'>) =>
  azureHubId({
    id: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Devices/IotHubs/${name}`,
  });

export function contentsText(things: readonly MadeThing[]): string {
  const devices = of(things, 'device').length;
  const certificates = of(things, 'hubCertificate').length;
  return listText([
    ...(devices ? [counted(devices, 'device')] : []),
    ...(certificates ? [counted(certificates, 'certificate')] : []),
  ]);
}

export function byHub(
  things: readonly (MadeOf<'device'> | MadeOf<'hubCertificate'>)[],
): ReadonlyMap<string, readonly (MadeOf<'device'> | MadeOf<'hubCertificate'>)[]> {
  const groups = new Map<string, (MadeOf<'device'> | MadeOf<'hubCertificate'>)[]>();
  for (const thing of things) {
    const group = groups.get(thing.hubId);
    if (group) group.push(thing);
    else groups.set(thing.hubId, [thing]);
  }
  return groups;
}
