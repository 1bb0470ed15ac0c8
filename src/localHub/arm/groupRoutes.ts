import type { GroupRecord } from '../account/accountFile';
import { groupResourceId, localSubscriptionId, hubResourceId } from '../account/ids';
import { findLocation, locations } from '../account/locations';
import { bodyOf, textOf, textsOf } from '../http/bodyValues';
import type { Answer } from '../http/router';
import type { ArmApi, ArmRequest } from './api';
import { refuse } from './errors';
import { readFilter } from './filter';
import { describeResource } from './hubDescription';
import { checkLocks } from './locks';
import { pageOf } from './paging';

const groupType = 'Microsoft.Resources/resourceGroups';
const pollSeconds = 1;

/** Resource groups and the resources in them. */
export function addGroupRoutes(api: ArmApi): void {
  const { groups, context } = api;
  const { hubs, operations, assignments, log } = context;
  const list = '/subscriptions/{s}/resourceGroups';
  const groupRoute = `${list}/{name}`;
  const describe = (group: GroupRecord) => ({
    id: groupResourceId(group.name),
    type: groupType,
    ...group,
    properties: { provisioningState: groups.isBeingDeleted(group.name) ? 'Deleting' : 'Succeeded' },
  });
  const resources = (request: ArmRequest, isIn: (group: string) => boolean): Answer => {
    const filter = readFilter(request.query.get('$filter'));
    const found = hubs.list().filter(({ group }) => isIn(group));
    return pageOf(
      request,
      found
        .filter((hub) => filter({ ...describeResource(hub), resourceGroup: hub.group }))
        .map(describeResource),
    );
  };

  api.on('GET', list, (request) => {
    const filter = readFilter(request.query.get('$filter'));
    return pageOf(request, groups.list().map(describe).filter(filter));
  });
  api.on('GET', groupRoute, (_, { name = '' }) => ({ status: 200, body: describe(api.group(name)) }));
  api.on('HEAD', groupRoute, (_, { name = '' }) => ({ status: groups.find(name) ? 204 : 404 }));
  api.on('PUT', groupRoute, (request, { name = '' }) => {
    const existing = groups.find(name);
    checkName(name);
    if (groups.isBeingDeleted(name)) isLeaving(name);
    const location = locationFor(request, existing);
    const body = bodyOf(request);
    const managedBy = textOf(body.managedBy, 'managedBy') ?? existing?.managedBy;
    const group = {
      name: existing?.name ?? name,
      location,
      ...(managedBy === undefined ? {} : { managedBy }),
      tags: textsOf(body.tags, 'tags'),
    };
    groups.save(group);
    if (!existing) log('info', `ARM: created resource group '${name}'`);
    return { status: existing ? 200 : 201, body: describe(group) };
  });
  api.on('PATCH', groupRoute, (request, { name = '' }) => {
    const existing = api.group(name);
    const { tags } = bodyOf(request);
    const group = { ...existing, tags: tags === undefined ? existing.tags : textsOf(tags, 'tags') };
    groups.save(group);
    return { status: 200, body: describe(group) };
  });
  api.on('DELETE', groupRoute, (request, { name = '' }) => {
    const group = api.group(name);
    const scope = groupResourceId(group.name);
    checkLocks(scope);
    const isRunning = groups.isBeingDeleted(name);
    const operation = isRunning
      ? operations.start('deleteGroup', async () => {
          while (groups.isBeingDeleted(name)) await operations.pause(50);
        })
      : operations.start('deleteGroup', () =>
          groups.delete(name, async () => {
            const inside = hubs.list().filter((hub) => hub.group.toLowerCase() === name.toLowerCase());
            // One that is already being deleted is only waited for.
            await Promise.all(inside.map((hub) => hubs.destroy(hub.name)));
            for (const hub of inside) assignments.removeForScope(hubResourceId(hub));
            assignments.removeForScope(scope);
            log('info', `ARM: deleted resource group '${name}' and its ${inside.length} hubs`);
          }),
        );
    const version = encodeURIComponent(request.query.get('api-version') ?? '');
    return {
      status: 202,
      headers: {
        Location: `${request.base}/subscriptions/${localSubscriptionId}/operationresults/${operation.id}?api-version=${version}`,
        'Retry-After': String(pollSeconds),
      },
    };
  });
  api.on('GET', `${list}/{rg}/resources`, (request, { rg = '' }) =>
    resources(request, (group) => group.toLowerCase() === rg.toLowerCase()),
  );
  api.on('GET', '/subscriptions/{s}/resources', (request) => resources(request, () => true));
}

export const isLeaving = (name: string): never =>
  refuse(
    409,
    'ResourceGroupBeingDeleted',
    `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
  );

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources */
function checkName(name: string): void {
  if (/^[\p{L}\p{N}_().-]{1,90}$/u.test(name) && !name.endsWith('.')) return;
  refuse(
    400,
    'InvalidResourceGroup',
    `The provided resource group name '${name.slice(0, 100)}' must have 1 to 90 letters, digits, '_', '-', '.', '(' and ')', and must not end with '.'.`,
  );
}

function locationFor(request: ArmRequest, existing: GroupRecord | undefined): string {
  const given = textOf(bodyOf(request).location, 'location');
  if (given === undefined) {
    return refuse(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const location = findLocation(given);
  if (!location) {
    return refuse(
      400,
      'LocationNotAvailableForResourceGroup',
      `The provided location '${given}' is not available for resource group. List of available regions is '${locations.map(({ name }) => name).join(',')}'.`,
    );
  }
  if (existing && existing.location !== location.name) {
    refuse(
      409,
      'InvalidResourceGroupLocation',
      `Invalid resource group location '${location.name}'. The Resource group already exists in location '${existing.location}'.`,
    );
  }
  return location.name;
}
