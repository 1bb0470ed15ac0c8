import { findTier, tiers } from '../account/tiers';
import type { Policy } from '../state/policies';
import { endpointNamesOf } from '../state/routing';
import type { ArmApi } from './api';
import { providerError } from './errors';
import { hubType } from './hubDescription';

function keyOf({ keyName, primaryKey, secondaryKey, rights }: Policy): object {
  // One string joined by ", ": clients split it at exactly that.
  return { keyName, primaryKey, secondaryKey, rights: rights.join(', ') };
}

/** Keys, quota, statistics, tiers and endpoint health of each hub. */
export function addHubMetricRoutes(api: ArmApi): void {
  api.onHub('POST', '/listkeys', ({ hub }) => ({
    status: 200,
    body: { value: hub.context.policies.all.map(keyOf) },
  }));
  api.onHub('POST', '/IotHubKeys/{key}/listkeys', ({ hub }, _, { key = '' }) => {
    const policy = hub.context.policies.find(key);
    return policy
      ? { status: 200, body: keyOf(policy) }
      : providerError(404, 404_000, 'NotFound', `The shared access policy '${key}' does not exist.`);
  });
  api.onHub('GET', '/quotaMetrics', ({ hub: { context } }) => {
    const { quota, registry } = context;
    return {
      status: 200,
      body: {
        value: [
          { name: 'TotalMessages', currentValue: quota.usedToday, maxValue: quota.messagesPerDay },
          { name: 'TotalDeviceCount', currentValue: registry.count, maxValue: registry.limit },
        ],
      },
    };
  });
  api.onHub('GET', '/IotHubStats', ({ hub }) => {
    const { registry } = hub.context;
    const enabled = registry.list().filter(({ status }) => status === 'enabled').length;
    return {
      status: 200,
      body: {
        totalDeviceCount: registry.count,
        enabledDeviceCount: enabled,
        disabledDeviceCount: registry.count - enabled,
      },
    };
  });
  api.onHub('GET', '/skus', (active) => {
    const current = findTier(active.record.sku.name)?.tier;
    const valid = tiers.filter(
      ({ tier }) => tier === current || (current === 'Basic' && tier === 'Standard'),
    );
    return {
      status: 200,
      body: {
        value: valid.map(({ name, tier, maxUnits }) => ({
          resourceType: hubType,
          sku: { name, tier },
          capacity: {
            minimum: 1,
            maximum: maxUnits,
            default: 1,
            scaleType: maxUnits === 1 ? 'None' : 'Manual',
          },
        })),
      },
    };
  });
  api.onHub('GET', '/routingEndpointsHealth', ({ hub }) => {
    const named = endpointNamesOf(hub.context.routing.settings.endpoints);
    return {
      status: 200,
      body: {
        value: [
          { endpointId: 'events', healthStatus: 'healthy' },
          ...named.map((endpointId) => ({
            endpointId,
            healthStatus: 'dead',
            lastKnownError:
              'The local hub supports only its built-in endpoint: messages to this endpoint are not delivered.',
          })),
        ],
      },
    };
  });
}
