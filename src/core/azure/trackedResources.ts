import { azureHubId } from './azureDirectory';
import { isOnHub, type CreatedResourceOf } from './createdResourceLog';
import { type CreatedResource } from './createdResources';
import { type HubReference } from './resources';

export const resourcesOfKind = <K extends CreatedResource['kind']>(
  resources: readonly CreatedResource[],
  kind: K,
) => resources.filter((resource): resource is CreatedResourceOf<K> => resource.kind === kind);

/** Reference to a hub in Azure, from its id in the tree. */
export function hubReferenceOf(
  hubId: string,
): (HubReference & { readonly subscriptionId: string }) | undefined {
  const [, subscriptionId, resourceGroup, name] =
    /^azure:\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.devices\/iothubs\/([^/]+)$/.exec(
      hubId,
    ) ?? [];
  return subscriptionId && resourceGroup && name ? { subscriptionId, resourceGroup, name } : undefined;
}

/** Lower case; `undefined` for resources outside known subscriptions. */
export const subscriptionIdOf = (resource: CreatedResource): string | undefined =>
  resource.kind === 'resourceGroup' || resource.kind === 'hub'
    ? resource.subscriptionId.toLowerCase()
    : isOnHub(resource)
      ? hubReferenceOf(resource.hubId)?.subscriptionId
      : undefined;

export const accountIdOf = (resource: CreatedResource) =>
  resource.kind === 'resourceGroup' || resource.kind === 'hub' ? resource.accountId : undefined;

/** The id in the tree of a hub that was created here. */
export const hubIdOf = ({ subscriptionId, resourceGroup, name }: CreatedResourceOf<'hub'>) =>
  azureHubId({
    id: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Devices/IotHubs/${name}`,
  });

export function byHub(
  resources: readonly (CreatedResourceOf<'device'> | CreatedResourceOf<'hubCertificate'>)[],
): ReadonlyMap<string, readonly (CreatedResourceOf<'device'> | CreatedResourceOf<'hubCertificate'>)[]> {
  const groups = new Map<string, (CreatedResourceOf<'device'> | CreatedResourceOf<'hubCertificate'>)[]>();
  for (const resource of resources) {
    const group = groups.get(resource.hubId);
    if (group) group.push(resource);
    else groups.set(resource.hubId, [resource]);
  }
  return groups;
}
