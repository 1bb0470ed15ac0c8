import type { HubRecord } from '../account/accountFile';
import { findLocation, locations } from '../account/locations';
import { findTier, type Tier } from '../account/tiers';
import { unrestrictedAccess, type AccessRules } from '../state/access';
import type { GivenPolicy } from '../state/policies';
import { RoutingError, type Route, type RoutingSettings } from '../state/routing';
import { bodyOf, flagOf, listOf, objectOf, textOf, textsOf } from '../http/bodyValues';
import { refuse, refuseAsProvider, refuseRange } from './errors';
import { hubType, interpretedPropertyNames } from './hubDescription';
import { readIdentity } from './identity';
import { checkStoredProperties } from './storedProperties';

/** The settings of a hub in the body of a PUT. */
export interface HubBody extends Pick<
  HubRecord,
  | 'location'
  | 'tags'
  | 'sku'
  | 'partitionCount'
  | 'retentionDays'
  | 'access'
  | 'storedProperties'
  | 'identity'
> {
  /** Absent if it does not change. */
  readonly routing?: RoutingSettings;
  readonly policies?: readonly GivenPolicy[];
}

const bad = (message: string): never => refuseAsProvider(400, 400_000, 'BadRequest', message);

/**
 * Reads and validates the description of a hub. Properties that the description of an existing hub omits stay as they
 * are, except for tags.
 * @throws ArmError 400, HubError ArgumentInvalid, RoutingError
 */
export function readHubBody(body: unknown, existing: HubRecord | undefined): HubBody {
  const given = bodyOf({ body });
  const properties = objectOf(given.properties, 'properties');
  const endpoints = objectOf(properties.eventHubEndpoints, 'properties.eventHubEndpoints');
  const events = objectOf(endpoints.events, 'properties.eventHubEndpoints.events');
  const { sku, tier } = readSku(given.sku, existing);
  const { partitions } = tier;
  const routing = objectOf(properties.routing, 'properties.routing');
  const policies = properties.authorizationPolicies ?? undefined;
  checkStoredProperties(properties);
  return {
    location: readLocation(given.location, existing),
    tags: textsOf(given.tags, 'tags'),
    sku,
    partitionCount: whole(
      'PartitionCount',
      events.partitionCount,
      existing?.partitionCount ?? partitions.default,
      [
        // The process's own hub may have been created with another number.
        Math.min(partitions.min, existing?.partitionCount ?? partitions.min),
        partitions.max,
      ],
    ),
    retentionDays: whole('RetentionTimeInDays', events.retentionTimeInDays, existing?.retentionDays ?? 1, [
      1,
      Math.max(tier.maxRetentionDays, existing?.retentionDays ?? 1),
    ]),
    access: readAccess(properties, existing?.access ?? unrestrictedAccess),
    storedProperties: {
      ...existing?.storedProperties,
      ...Object.fromEntries(
        Object.entries(properties).filter(
          ([name, value]) => !interpretedPropertyNames.includes(name) && value !== null,
        ),
      ),
    },
    identity: readIdentity(given.identity, existing?.identity),
    ...(Object.keys(routing).length === 0 ? {} : { routing: limited(readRouting(routing), tier) }),
    ...(policies === undefined
      ? {}
      : { policies: listOf(policies, 'properties.authorizationPolicies').map(readPolicy) }),
  };
}

function readLocation(value: unknown, existing: HubRecord | undefined): string {
  const given = textOf(value, 'location') ?? existing?.location;
  if (given === undefined) {
    return refuse(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const location = findLocation(given);
  if (!location?.offersHubs) {
    const names = locations.filter(({ offersHubs }) => offersHubs).map(({ name }) => name);
    return refuse(
      400,
      'LocationNotAvailableForResourceType',
      `The provided location '${given}' is not available for resource type '${hubType}'. List of available regions for the resource type is '${names.join(',')}'.`,
    );
  }
  if (existing && location.name !== existing.location) {
    refuse(
      409,
      'InvalidResourceLocation',
      `The resource '${existing.name}' already exists in location '${existing.location}' in resource group '${existing.group}'. A resource with the same name cannot be created in location '${location.name}'. Please select a new resource name.`,
    );
  }
  return location.name;
}

function readSku(value: unknown, existing: HubRecord | undefined): { sku: HubRecord['sku']; tier: Tier } {
  const given = objectOf(value, 'sku');
  const name = textOf(given.name, 'sku.name') ?? existing?.sku.name;
  if (name === undefined) return bad('The sku property is required for this definition.');
  const tier = findTier(name);
  if (!tier) return bad(`Invalid Sku '${name}'.`);
  const units = whole('Units', given.capacity, existing?.sku.units ?? 1, [1, tier.maxUnits]);
  const before = existing && findTier(existing.sku.name)?.tier;
  const isAllowed =
    before === undefined || before === tier.tier || (before === 'Basic' && tier.tier === 'Standard');
  if (!isAllowed) bad(`The Sku of a ${before} hub cannot be changed to '${tier.name}'.`);
  return { sku: { name: tier.name, units }, tier };
}

function whole(
  what: string,
  value: unknown,
  fallback: number,
  [low, high]: readonly [number, number],
): number {
  const number = value ?? fallback;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < low || number > high) {
    return refuseRange(what, value, low, high);
  }
  return number;
}

function readAccess(properties: Readonly<Record<string, unknown>>, existing: AccessRules): AccessRules {
  const flag = (name: string, before: boolean): boolean => {
    const value = properties[name] ?? before;
    return typeof value === 'boolean' ? value : bad(`Invalid ${name} - value must be true or false.`);
  };
  const network = properties.publicNetworkAccess ?? (existing.isPublicAccessOff ? 'Disabled' : 'Enabled');
  if (network !== 'Enabled' && network !== 'Disabled') {
    bad("Invalid publicNetworkAccess - value must be 'Enabled' or 'Disabled'.");
  }
  return {
    isLocalAuthOff: flag('disableLocalAuth', existing.isLocalAuthOff),
    isDeviceSasOff: flag('disableDeviceSAS', existing.isDeviceSasOff),
    isModuleSasOff: flag('disableModuleSAS', existing.isModuleSasOff),
    isPublicAccessOff: network === 'Disabled',
  };
}

/** @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/create-or-update#routingproperties */
function limited(routing: RoutingSettings, { tier }: Tier): RoutingSettings {
  const limits = tier === 'Free' ? { routes: 5, endpoints: 1 } : { routes: 100, endpoints: 10 };
  const counts = { routes: routing.routes.length, endpoints: Object.values(routing.endpoints).flat().length };
  for (const kind of ['routes', 'endpoints'] as const) {
    if (counts[kind] > limits[kind])
      bad(`The hub can have at most ${limits[kind]} custom ${kind} in this tier, not ${counts[kind]}.`);
  }
  return routing;
}

const endpointKinds = ['serviceBusQueues', 'serviceBusTopics', 'eventHubs', 'storageContainers'] as const;

/** Endpoints and other properties that the local hub does not know, such as enrichments, are stored as given. */
function readRouting({
  endpoints: givenEndpoints,
  routes,
  fallbackRoute,
  ...others
}: Readonly<Record<string, unknown>>): RoutingSettings {
  const endpoints = objectOf(givenEndpoints, 'routing.endpoints');
  const fallback = objectOf(fallbackRoute, 'routing.fallbackRoute');
  const kinds = new Set([...endpointKinds, ...Object.keys(endpoints)]);
  return {
    endpoints: Object.fromEntries([...kinds].map((kind) => [kind, readEndpoints(endpoints[kind], kind)])),
    routes: listOf(routes, 'routing.routes').map(readRoute),
    isFallbackOn: flagOf(fallback.isEnabled, 'routing.fallbackRoute.isEnabled') ?? true,
    fallbackRoute: fallback,
    storedProperties: Object.fromEntries(Object.entries(others).filter(([, value]) => value !== null)),
  };
}

function readEndpoints(value: unknown, kind: string): readonly unknown[] {
  const name = `routing.endpoints.${kind}`;
  for (const endpoint of listOf(value, name)) {
    if (textOf(objectOf(endpoint, `Each endpoint of ${name}`).name, 'The name of an endpoint') === undefined)
      bad(`The name of each endpoint of ${name} is required.`);
  }
  return listOf(value, name);
}

/** @throws RoutingError, HubError ArgumentInvalid */
export function readRoute(route: unknown): Route {
  const { name, source, condition, endpointNames, isEnabled, ...others } = objectOf(route, 'The route');
  const givenName = textOf(name, 'The name of the route');
  if (givenName === undefined) throw new RoutingError('The name of the route is required.');
  return {
    ...others,
    name: givenName,
    source: textOf(source, 'The source of the route') ?? 'DeviceMessages',
    condition: textOf(condition, 'The condition of the route') ?? 'true',
    endpointNames: listOf(endpointNames, 'The endpointNames of the route').map(
      (each) => textOf(each, 'Each name in the endpointNames of the route') ?? '',
    ),
    isEnabled: flagOf(isEnabled, 'The isEnabled of the route') ?? true,
  };
}

function readPolicy(policy: unknown): GivenPolicy {
  const { keyName, rights, primaryKey, secondaryKey } = objectOf(policy, 'The policy');
  const keys = {
    primaryKey: textOf(primaryKey, 'The primaryKey of a policy'),
    secondaryKey: textOf(secondaryKey, 'The secondaryKey of a policy'),
  };
  return {
    keyName: textOf(keyName, 'The keyName of a policy') ?? '',
    rights: (textOf(rights, 'The rights of a policy') ?? '').split(',').map((right) => right.trim()),
    ...(keys.primaryKey === undefined ? {} : { primaryKey: keys.primaryKey }),
    ...(keys.secondaryKey === undefined ? {} : { secondaryKey: keys.secondaryKey }),
  };
}
