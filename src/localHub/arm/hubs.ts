import { isHubName, type HubRecord } from '../account/accountFile';
import { hubResourceId, localSubscriptionId, ownHubName } from '../account/ids';
import { findTier } from '../account/tiers';
import { parseEntityTag } from '../state/entityTag';
import { PolicyError, readPolicies } from '../state/policies';
import { Routing, RoutingError, type RoutingSettings } from '../state/routing';
import { bodyOf, textOf, textsOf } from '../http/bodyValues';
import { parseCondition } from '../http/query';
import type { Answer } from '../http/router';
import { hubsPath, inTransition, type ArmApi, type ArmRequest } from './api';
import { providerError, refuseAsProvider } from './errors';
import { isLeaving } from './groupRoutes';
import { readHubBody, type HubBody } from './hubBody';
import { describeHub } from './hubDescription';
import { ifMatchOf } from './ifMatch';
import { checkLocks } from './locks';
import { operationHeaders } from './operations';
import { pageOf } from './paging';

/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits */
const maxHubs = 50;
const nameRule = 'must have 3 to 50 letters, digits and hyphens, with a letter or a digit at both ends';

/**
 * Hubs: name check, list, get, create, update, tags, delete.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource
 */
export function addHubRoutes(api: ArmApi): void {
  const { context, provider } = api;
  const { hubs, assignments } = context;
  const describe = (hub: HubRecord) => describeHub(hub, hubs.hub(hub.name));
  const hubRoute = `${hubsPath}/{hub}`;

  api.on('POST', '/subscriptions/{s}/providers/Microsoft.Devices/checkNameAvailability', (request) => {
    provider.check();
    return checkName(api, textOf(bodyOf(request).name, 'name') ?? '');
  });
  api.on('GET', '/subscriptions/{s}/providers/Microsoft.Devices/IotHubs', (request) =>
    pageOf(request, hubs.list().map(describe)),
  );
  api.on('GET', hubsPath, (request, { rg = '' }) => {
    const inside = hubs.list().filter(({ group }) => group.toLowerCase() === rg.toLowerCase());
    return pageOf(request, inside.map(describe));
  });
  api.on('GET', hubRoute, (_, parameters) => ({ status: 200, body: describe(api.hubOf(parameters)) }));
  api.on('PUT', hubRoute, (request, { rg = '', hub = '' }) => {
    provider.check();
    const group = api.group(rg);
    if (api.groups.isBeingDeleted(rg)) isLeaving(rg);
    const existing = hubs.find(hub);
    if (existing && existing.group.toLowerCase() !== rg.toLowerCase()) isTaken(hub);
    checkTag(request, existing);
    return existing && existing.provisioningState !== 'Failed'
      ? update(api, existing, request)
      : create(api, { name: hub, group: group.name }, request);
  });
  api.on('PATCH', hubRoute, (request, parameters) => {
    const existing = api.hubOf(parameters);
    if (existing.provisioningState !== 'Succeeded') return inTransition(existing);
    checkTag(request, existing);
    const { tags } = bodyOf(request);
    return {
      status: 200,
      body: describe(
        (tags ?? null) === null ? existing : hubs.update(existing.name, { tags: textsOf(tags, 'tags') }),
      ),
    };
  });
  api.on('DELETE', hubRoute, (request, { rg = '', hub = '' }) => {
    const existing = hubs.find(hub);
    // For a resource that does not exist, the platform returns no body.
    if (existing?.group.toLowerCase() !== rg.toLowerCase()) return { status: 204 };
    if (existing.provisioningState === 'Activating' || existing.provisioningState === 'Deleting')
      return inTransition(existing);
    checkTag(request, existing);
    checkLocks(hubResourceId(existing));
    const operation = hubs.delete(existing.name);
    assignments.removeForScope(hubResourceId(existing));
    return { status: 202, body: describe(existing), headers: operationHeaders(request, existing, operation) };
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
function checkTag(request: ArmRequest, existing: HubRecord | undefined): void {
  const wanted = ifMatchOf(request);
  if (wanted === undefined) return;
  const tag = parseEntityTag(wanted);
  if (existing && (tag === '*' || tag === existing.etag)) return;
  refuseAsProvider(412, 412_001, 'PreconditionFailed', 'Invalid ETag supplied.');
}

function create(
  api: ArmApi,
  hubReference: { readonly name: string; readonly group: string },
  request: ArmRequest,
): Answer {
  const { hubs, now } = api.context;
  const { name } = hubReference;
  if (!isHubName(name))
    return providerError(400, 400_000, 'BadRequest', `The IoT hub name '${name}' ${nameRule}.`);
  const { routing, policies, ...body } = readBody(request.body, undefined);
  // Also before the hub exists, so that none that failed remains.
  try {
    if (policies) readPolicies(policies);
    if (routing) Routing.check(routing, parseCondition);
  } catch (error) {
    return refuseSettings(error);
  }
  checkCount(api, name, body.sku.name);
  const operation = hubs.create({ ...hubReference, ...body, createdAtMs: now() }, (hub) => {
    if (policies) hub.context.policies.set(policies);
    if (routing) hub.context.routing.set(routing);
  });
  const made = api.hubOf({ rg: hubReference.group, hub: name });
  return {
    status: 201,
    body: describeHub(made, undefined),
    headers: operationHeaders(request, made, operation),
  };
}

function checkCount({ context }: ArmApi, name: string, sku: string): void {
  const others = context.hubs.list().filter((hub) => hub.name.toLowerCase() !== name.toLowerCase());
  const isFree = findTier(sku)?.tier === 'Free';
  const count = isFree ? others.filter((hub) => hub.sku.name === 'F1').length : others.length;
  const maxCount = isFree ? 1 : maxHubs;
  if (count < maxCount) return;
  refuseAsProvider(
    400,
    400_019,
    'BadRequest',
    `Max number of Iot Hubs exceeded for sku = ${findTier(sku)?.tier ?? sku}, Max Allowed = ${maxCount}, Current = ${count + 1} in the subscription Id: ${localSubscriptionId}.`,
  );
}

/** @throws the error if it is not one of the client */
function refuseSettings(error: unknown): Answer {
  if (!(error instanceof RoutingError) && !(error instanceof PolicyError)) throw error;
  return providerError(400, 400_000, 'BadRequest', error.message);
}

/** Changes take effect at once, unlike in Azure. */
function update(api: ArmApi, existing: HubRecord, request: ArmRequest): Answer {
  const { hubs, log } = api.context;
  const hub = hubs.hub(existing.name);
  if (existing.provisioningState !== 'Succeeded' || !hub) return inTransition(existing);
  const { routing, policies, ...body } = readBody(request.body, existing);
  const isOwn = existing.name === ownHubName;
  const isFixed =
    body.partitionCount !== existing.partitionCount
      ? 'The partition count of a hub cannot be changed.'
      : isOwn && (body.sku.name !== existing.sku.name || body.sku.units !== existing.sku.units)
        ? "The tier of the process's own hub cannot be changed: its limits are options of the local hub."
        : isOwn && body.retentionDays !== existing.retentionDays
          ? "The retention of the process's own hub is an option of the local hub."
          : isOwn && policies && !policies.some(({ keyName }) => keyName === 'iothubowner')
            ? "The policy 'iothubowner' of the process's own hub cannot be removed."
            : undefined;
  if (isFixed !== undefined) return providerError(400, 400_000, 'BadRequest', isFixed);
  try {
    if (policies) hub.context.policies.set(policies);
    if (routing) hub.context.routing.set(keepStored(routing, hub.context.routing.settings));
  } catch (error) {
    return refuseSettings(error);
  }
  log('info', `ARM: updated hub '${existing.name}'`);
  return { status: 200, body: describeHub(hubs.update(existing.name, body), hub) };
}

/** Properties that a client does not know stay as they are, as those of the hub itself. */
const keepStored = (routing: RoutingSettings, { storedProperties }: RoutingSettings): RoutingSettings => ({
  ...routing,
  storedProperties: { ...storedProperties, ...routing.storedProperties },
});

/** @throws ArmError 400 */
function readBody(body: unknown, existing: HubRecord | undefined): HubBody {
  try {
    return readHubBody(body, existing);
  } catch (error) {
    if (!(error instanceof RoutingError)) throw error;
    return refuseAsProvider(400, 400_000, 'BadRequest', error.message);
  }
}
