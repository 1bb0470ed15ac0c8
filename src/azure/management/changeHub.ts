import { type HubManagement } from '../../core/hub/hubConnection';
import { apiVersions } from './apiVersions';
import { type ArmRest, type Json } from './armRest';
import { finish } from './longOperation';
import { record, text } from './readFailure';

/**
 * Reads the whole hub, changes it, and writes it back: the service offers no partial update. The SDK is not used,
 * because it would drop properties that a later version of the service added. What GET hides is preserved: policies
 * that are `null` stay as they are, and an endpoint whose key reads `****` keeps its key, identified by its `id`.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/create-or-update
 */
export async function changeHub(
  rest: ArmRest,
  { subscriptionId, resourceGroup, hubName }: HubManagement,
  change: (routing: Json) => Json | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const path = ['subscriptions', subscriptionId, 'resourceGroups', resourceGroup]
    .map(encodeURIComponent)
    .join('/');
  const resource = `/${path}/providers/Microsoft.Devices/IotHubs/${encodeURIComponent(hubName)}?api-version=${apiVersions.hubs}`;
  const { body: hub } = await rest.get(resource, { signal });
  const properties = record(hub['properties']);
  const routing = change(record(properties['routing']));
  if (!routing) return;
  const etag = text(hub['etag']);
  const started = await rest.put(resource, {
    body: { ...hub, properties: { ...properties, routing } },
    // In JSON the ETag has no quotes, and the service expects it back in that form.
    headers: { ...(etag ? { 'If-Match': etag } : {}) },
    signal,
  });
  await finish(rest, started, { resource, method: 'PUT', signal });
}

export const routesOf = (routing: Json): readonly Json[] =>
  Array.isArray(routing['routes']) ? (routing['routes'] as Json[]) : [];
