import { localSubscriptionId, localTenantId, subscriptionId } from '../account/ids';
import { locations } from '../account/locations';
import type { Answer } from '../http/router';
import type { ArmApi, ArmRequest } from './api';
import { refuse } from './errors';
import { pageOf } from './paging';

const apiVersions = ['2023-06-30', '2021-07-02', '2020-03-01'];

/** The endpoints of the cloud, which tools read before they sign in. */
export function metadataEndpoints({ base, query }: ArmRequest): Answer {
  const authentication = {
    loginEndpoint: `${base}/`,
    audiences: [`${base}/`],
    tenant: localTenantId,
    identityProvider: 'AAD',
  };
  // The oldest version, which tools for private clouds request, describes one cloud with fewer properties.
  if (query.get('api-version') === '2015-01-01') {
    return {
      status: 200,
      body: { galleryEndpoint: '', graphEndpoint: '', portalEndpoint: '', authentication },
    };
  }
  const cloud = { name: 'LocalHub', resourceManager: `${base}/`, authentication, suffixes: {} };
  return { status: 200, body: [cloud] };
}

/** Tenants, the subscription, its locations and resource providers. */
export function addPlatformRoutes(api: ArmApi): void {
  const { provider } = api;
  api.on('GET', '/tenants', (request) => pageOf(request, [tenant]));
  api.on('GET', '/subscriptions', (request) => pageOf(request, [subscription]));
  api.on('GET', '/subscriptions/{s}', () => ({ status: 200, body: subscription }));
  api.on('GET', '/subscriptions/{s}/locations', () => ({
    status: 200,
    body: { value: [...locations.map(describeLocation), logicalLocation] },
  }));
  const all = () => [describeProvider(provider.state), ...others];
  const one = (namespace: string) =>
    all().find((each) => each.namespace.toLowerCase() === namespace.toLowerCase()) ??
    refuse(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
  api.on('GET', '/subscriptions/{s}/providers', (request) => pageOf(request, all()));
  api.on('GET', '/subscriptions/{s}/providers/{namespace}', (_, { namespace = '' }) => ({
    status: 200,
    body: one(namespace),
  }));
  api.on('POST', '/subscriptions/{s}/providers/{namespace}/register', (_, { namespace = '' }) => {
    if (one(namespace).namespace === devices) provider.register();
    return { status: 200, body: one(namespace) };
  });
}

const devices = 'Microsoft.Devices';

const tenant = {
  id: `/tenants/${localTenantId}`,
  tenantId: localTenantId,
  displayName: 'Local Hub',
  defaultDomain: 'localhost',
  domains: ['localhost'],
  tenantCategory: 'Home',
  tenantType: 'AAD',
};

const subscription = {
  id: subscriptionId,
  subscriptionId: localSubscriptionId,
  tenantId: localTenantId,
  displayName: 'Local Hub',
  state: 'Enabled',
  authorizationSource: 'RoleBased',
  managedByTenants: [],
  subscriptionPolicies: { locationPlacementId: 'Local', quotaId: 'Local', spendingLimit: 'On' },
};

const describeLocation = ({ name, displayName, latitude, longitude }: (typeof locations)[number]) => ({
  id: `${subscriptionId}/locations/${name}`,
  name,
  type: 'Region',
  displayName,
  regionalDisplayName: `(Local) ${displayName}`,
  metadata: {
    regionType: 'Physical',
    regionCategory: 'Recommended',
    geography: 'Local',
    geographyGroup: 'Local',
    latitude: String(latitude),
    longitude: String(longitude),
    physicalLocation: displayName,
    pairedRegion: [],
  },
});

/** A logical region: ARM lists these too, and no resource can be created in them. */
const logicalLocation = {
  id: `${subscriptionId}/locations/anywherelocal`,
  name: 'anywherelocal',
  type: 'Region',
  displayName: 'Anywhere Local',
  regionalDisplayName: 'Anywhere Local',
  metadata: { regionType: 'Logical', regionCategory: 'Other', geography: 'Local', geographyGroup: 'Local' },
};

/** Resource types list their locations by display name. */
function describeProvider(registrationState: string) {
  const types = ['IotHubs', 'IotHubs/eventHubEndpoints', 'checkNameAvailability', 'operations'];
  return {
    id: `${subscriptionId}/providers/${devices}`,
    namespace: devices,
    registrationState: registrationState,
    registrationPolicy: 'RegistrationRequired',
    resourceTypes: types.map((resourceType) => ({
      resourceType,
      locations: resourceType.startsWith('IotHubs')
        ? locations.filter(({ offersHubs }) => offersHubs).map(({ displayName }) => displayName)
        : [],
      apiVersions,
      defaultApiVersion: apiVersions[0],
      capabilities: resourceType === 'IotHubs' ? 'SupportsTags, SupportsLocation' : 'None',
    })),
  };
}

const others = ['Microsoft.Authorization', 'Microsoft.Resources'].map((namespace) => ({
  id: `${subscriptionId}/providers/${namespace}`,
  namespace,
  registrationState: 'Registered',
  registrationPolicy: 'RegistrationFree',
  resourceTypes: [],
}));
