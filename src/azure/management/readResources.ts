import {
  type AzureSubscription,
  type AzureTenant,
  type HubProvider,
  type Region,
  type Resource,
  type ResourceGroup,
} from '../../core/azure/resources';
import { type Json } from './armRest';
import { record, text } from './readFailure';

/** @see https://learn.microsoft.com/rest/api/resources/tenants/list */
export const readTenant = (json: Json): AzureTenant => {
  const id = text(json['tenantId']);
  return { id, name: text(json['displayName']) || text(json['defaultDomain']) || id };
};

/** @see https://learn.microsoft.com/rest/api/resources/subscriptions/list */
export const readSubscription = (json: Json): Omit<AzureSubscription, 'account'> => {
  const id = text(json['subscriptionId']);
  return {
    id,
    name: text(json['displayName']) || id,
    tenantId: text(json['tenantId']),
    state: text(json['state']),
  };
};

/** @see https://learn.microsoft.com/rest/api/resources/resource-groups/list */
export const readGroup = (json: Json): ResourceGroup => ({
  name: text(json['name']),
  location: text(json['location']),
  tags: Object.fromEntries(
    Object.entries(record(json['tags'])).filter((tag): tag is [string, string] => typeof tag[1] === 'string'),
  ),
});

/** @see https://learn.microsoft.com/rest/api/resources/resources/list-by-resource-group */
export const readResource = (json: Json): Resource => ({
  id: text(json['id']),
  name: text(json['name']),
  type: text(json['type']),
});

/** @see https://learn.microsoft.com/rest/api/resources/subscriptions/list-locations */
export function readRegion(json: Json): Region | undefined {
  const metadata = record(json['metadata']);
  // `europe` and `global` stand for several regions.
  if (text(metadata['regionType']).toLowerCase() === 'logical') return undefined;
  const name = text(json['name']);
  const geography = text(metadata['geographyGroup']);
  const latitude = degrees(metadata['latitude']);
  const longitude = degrees(metadata['longitude']);
  return {
    name,
    displayName: text(json['displayName']) || name,
    ...(geography ? { geography } : {}),
    ...(latitude === undefined || longitude === undefined ? {} : { latitude, longitude }),
  };
}

/** ARM writes them as strings. */
function degrees(value: unknown): number | undefined {
  const number = text(value) === '' ? NaN : Number(text(value));
  return Number.isFinite(number) ? number : undefined;
}

/** @see https://learn.microsoft.com/rest/api/resources/providers/get */
export function readProvider(json: Json): HubProvider {
  const hubs = hubType(json);
  const regions = Array.isArray(hubs?.['locations']) ? (hubs['locations'] as unknown[]) : [];
  return { state: text(json['registrationState']), regions: regions.map(text).filter((name) => name !== '') };
}

/** The newest API version of hubs that is no preview. */
export function newestHubVersion(json: Json): string | undefined {
  const versions = hubType(json)?.['apiVersions'];
  const stable = (Array.isArray(versions) ? (versions as unknown[]) : [])
    .map(text)
    .filter((version) => /^\d{4}-\d{2}-\d{2}$/.test(version));
  return stable.toSorted().at(-1);
}

function hubType(json: Json): Json | undefined {
  const types = Array.isArray(json['resourceTypes']) ? (json['resourceTypes'] as unknown[]).map(record) : [];
  return types.find((type) => text(type['resourceType']).toLowerCase() === 'iothubs');
}
