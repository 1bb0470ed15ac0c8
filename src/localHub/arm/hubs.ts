import { isHubName, type HubRecord } from '../account/accountFile';
import { hubResourceId, localSubscriptionId, ownHubName } from '../account/ids';
import { OperationError } from '../account/operations';
import { findTier } from '../account/tiers';
import { parseEntityTag } from '../state/entityTag';
import { PolicyError } from '../state/policies';
import { RoutingError } from '../state/routing';
import type { Answer } from '../http/router';
import { hubsPath, inTransition, type ArmApi, type ArmRequest } from './api';
import { providerError, refuseAsProvider } from './errors';
import { isLeaving } from './groupRoutes';
import { readHubBody, type HubBody } from './hubBody';
import { describeHub } from './hubDescription';
import { record, tagsOf, textOf } from './json';
import { checkLocks } from './locks';
import { operationHeaders } from './operations';
import { pageOf } from './paging';

/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits */
const mostHubs = 50;
const nameRule = 'must have 3 to 50 letters, digits and hyphens, with a letter or a digit at both ends';

/**
 * Hubs: name check, list, get, create, update, tags, delete.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource
 */
export function addHubRoutes(api: ArmApi): void {
  const { context, provider } = api;
  const { hubs, assignments } = context;
  const describe = (hub: HubRecord) => describeHub(hub, hubs.hub(hub.name));
  const one = `${hubsPath}/{hub}`;

  api.on('POST', '/subscriptions/{s}/providers/Microsoft.Devices/checkNameAvailability', (request) => {
    provider.check();
    return checkName(api, textOf(record(request.body).name) ?? '');
  });
  api.on('GET', '/subscriptions/{s}/providers/Microsoft.Devices/IotHubs', (request) =>
    pageOf(request, hubs.list().map(describe)),
  );
  api.on('GET', hubsPath, (request, { rg = '' }) => {
    const inside = hubs.list().filter(({ group }) => group.toLowerCase() === rg.toLowerCase());
    return pageOf(request, inside.map(describe));
  });
  api.on('GET', one, (_, parameters) => ({ status: 200, body: describe(api.hubOf(parameters)) }));
  api.on('PUT', one, (request, { rg = '', hub = '' }) => {
    provider.check();
    const group = api.group(rg);
    if (api.groups.isBeingDeleted(rg)) isLeaving(rg);
    const known = hubs.find(hub);
    if (known && known.group.toLowerCase() !== rg.toLowerCase()) isTaken(hub);
    checkTag(request, known);
    return known && known.provisioningState !== 'Failed'
      ? update(api, known, request)
      : create(api, { name: hub, group: group.name }, request);
  });
  api.on('PATCH', one, (request, parameters) => {
    const known = api.hubOf(parameters);
    if (known.provisioningState !== 'Succeeded') return inTransition(known);
    checkTag(request, known);
    const { tags } = record(request.body);
    return {
      status: 200,
      body: describe((tags ?? null) === null ? known : hubs.update(known.name, { tags: tagsOf(tags) })),
    };
  });
  api.on('DELETE', one, (request, { rg = '', hub = '' }) => {
    const known = hubs.find(hub);
    // For a resource that does not exist, the platform returns no body.
    if (known?.group.toLowerCase() !== rg.toLowerCase()) return { status: 204 };
    if (known.provisioningState === 'Activating' || known.provisioningState === 'Deleting')
      return inTransition(known);
    checkTag(request, known);
    checkLocks(hubResourceId(known));
    const operation = hubs.delete(known.name);
    assignments.removeForScope(hubResourceId(known));
    return { status: 202, body: describe(known), headers: operationHeaders(request, operation) };
  });
}

function checkName({ context }: ArmApi, name: string): Answer {
  const refused = (reason: string, message: string): Answer => ({
    status: 200,
    body: { nameAvailable: false, reason, message },
  });
  if (!isHubName(name)) return refused('Invalid', `The IoT hub name ${nameRule}.`);
  if (context.hubs.find(name))
    return refused('AlreadyExists', `The IoT hub name '${name}' is not available.`);
  return { status: 200, body: { nameAvailable: true } };
}

const isTaken = (name: string): never =>
  refuseAsProvider(409, 409_000, 'Conflict', `The IoT hub name '${name}' is not available.`);

/** @throws ArmError 412 */
function checkTag({ headers }: ArmRequest, known: HubRecord | undefined): void {
  const wanted = headers['if-match'];
  if (wanted === undefined || wanted === '') return;
  const tag = parseEntityTag(wanted);
  if (known && (tag === '*' || tag === known.etag)) return;
  refuseAsProvider(412, 412_001, 'PreconditionFailed', 'Invalid ETag supplied.');
}

function create(
  api: ArmApi,
  place: { readonly name: string; readonly group: string },
  request: ArmRequest,
): Answer {
  const { hubs, now } = api.context;
  const { name } = place;
  if (!isHubName(name))
    return providerError(400, 400_000, 'BadRequest', `The IoT hub name '${name}' ${nameRule}.`);
  const { routing, policies, ...body } = readBody(request.body, undefined);
  checkCount(api, name, body.sku.name);
  const operation = hubs.create({ ...place, ...body, createdAtMs: now() }, (hub) => {
    try {
      if (policies) hub.context.policies.set(policies);
      if (routing) hub.context.routing.set(routing);
    } catch (error) {
      if (!(error instanceof RoutingError) && !(error instanceof PolicyError)) throw error;
      throw new OperationError('BadRequest', error.message);
    }
  });
  const made = hubs.find(name);
  return {
    status: 201,
    ...(made ? { body: describeHub(made, undefined) } : {}),
    headers: operationHeaders(request, operation),
  };
}

function checkCount({ context }: ArmApi, name: string, sku: string): void {
  const others = context.hubs.list().filter((hub) => hub.name.toLowerCase() !== name.toLowerCase());
  const isFree = findTier(sku)?.tier === 'Free';
  const count = isFree ? others.filter((hub) => hub.sku.name === 'F1').length : others.length;
  const most = isFree ? 1 : mostHubs;
  if (count < most) return;
  refuseAsProvider(
    400,
    400_019,
    'BadRequest',
    `Max number of Iot Hubs exceeded for sku = ${findTier(sku)?.tier ?? sku}, Max Allowed = ${most}, Current = ${count + 1} in the subscription Id: ${localSubscriptionId}.`,
  );
}

/** Changes take effect at once, unlike in Azure. */
function update(api: ArmApi, known: HubRecord, request: ArmRequest): Answer {
  const { hubs, log } = api.context;
  const hub = hubs.hub(known.name);
  if (known.provisioningState !== 'Succeeded' || !hub) return inTransition(known);
  const { routing, policies, ...body } = readBody(request.body, known);
  const isOwn = known.name === ownHubName;
  const isFixed =
    body.partitionCount !== known.partitionCount
      ? 'The partition count of a hub cannot be changed.'
      : isOwn && (body.sku.name !== known.sku.name || body.sku.units !== known.sku.units)
        ? "The tier of the process's own hub cannot be changed: its limits are options of the local hub."
        : isOwn && body.retentionDays !== known.retentionDays
          ? "The retention of the process's own hub is an option of the local hub."
          : isOwn && policies && !policies.some(({ keyName }) => keyName === 'iothubowner')
            ? "The policy 'iothubowner' of the process's own hub cannot be removed."
            : undefined;
  if (isFixed !== undefined) return providerError(400, 400_000, 'BadRequest', isFixed);
  try {
    if (policies) hub.context.policies.set(policies);
    if (routing) hub.context.routing.set(routing);
  } catch (error) {
    if (!(error instanceof RoutingError) && !(error instanceof PolicyError)) throw error;
    return providerError(400, 400_000, 'BadRequest', error.message);
  }
  log('info', `ARM: updated hub '${known.name}'`);
  return { status: 200, body: describeHub(hubs.update(known.name, body), hub) };
}

/** @throws ArmError 400 */
function readBody(body: unknown, known: HubRecord | undefined): HubBody {
  try {
    return readHubBody(body, known);
  } catch (error) {
    if (!(error instanceof RoutingError)) throw error;
    return refuseAsProvider(400, 400_000, 'BadRequest', error.message);
  }
}
