import { listText } from '../base/lists';
import { azureHubId } from './azureDirectory';
import { counted } from '../base/numbers';
import { isOnHub, type CreatedResourceOf } from './createdResourceLog';
import { type CreatedResource } from './createdResources';
import { type HubReference } from './resources';

export const resourcesOfKind = <K extends CreatedResource['kind']>(
  things: readonly CreatedResource[],
  kind: K,
) => things.filter((thing): thing is CreatedResourceOf<K> => thing.kind === kind);

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
export const subscriptionIdOf = (thing: CreatedResource): string | undefined =>
  thing.kind === 'resourceGroup' || thing.kind === 'hub'
    ? thing.subscriptionId.toLowerCase()
    : isOnHub(thing)
      ? hubReferenceOf(thing.hubId)?.subscriptionId
      : undefined;

export const accountIdOf = (thing: CreatedResource) =>
  thing.kind === 'resourceGroup' || thing.kind === 'hub' ? thing.accountId : undefined;

/** The id in the tree of a hub that was made here. */
export const hubIdOf = ({ subscriptionId, resourceGroup, name }: CreatedResourceOf<'hub'>) =>
  azureHubId({
    id: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Devices/IotHubs/${name}`,
  });

export function contentsText(things: readonly CreatedResource[]): string {
  const devices = resourcesOfKind(things, 'device').length;
  const certificates = resourcesOfKind(things, 'hubCertificate').length;
  return listText([
    ...(devices ? [counted(devices, 'device')] : []),
    ...(certificates ? [counted(certificates, 'certificate')] : []),
  ]);
}

export function byHub(
  things: readonly (CreatedResourceOf<'device'> | CreatedResourceOf<'hubCertificate'>)[],
): ReadonlyMap<string, readonly (CreatedResourceOf<'device'> | CreatedResourceOf<'hubCertificate'>)[]> {
  const groups = new Map<string, (CreatedResourceOf<'device'> | CreatedResourceOf<'hubCertificate'>)[]>();
  for (const thing of things) {
    const group = groups.get(thing.hubId);
    if (group) group.push(thing);
    else groups.set(thing.hubId, [thing]);
  }
  return groups;
}
