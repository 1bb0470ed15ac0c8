import * as l10n from '@vscode/l10n';
import { isAbort } from '../../core/base/abort';
import { IotError, isIotError } from '../../core/errors';
import { type HubManagement } from '../../core/hub/hubConnection';
import { apiVersions } from './apiVersions';
import { type ArmRest, type Json } from './armRest';
import { finish } from './longOperation';
import { readFailure, record, text } from './readFailure';
import { newestHubVersion } from './readResources';

/**
 * The newest stable version that Azure lists for hubs: an older one hides properties that were added later, and writing the hub
 * without them would remove them.
 * @see https://learn.microsoft.com/rest/api/resources/providers/get
 */
async function newestVersion(
  rest: ArmRest,
  { subscriptionId, hubName }: HubManagement,
  signal?: AbortSignal,
): Promise<string> {
  const path = `/subscriptions/${encodeURIComponent(subscriptionId)}/providers/Microsoft.Devices?api-version=${apiVersions.resources}`;
  try {
    const version = newestHubVersion((await rest.get(path, { signal })).body);
    if (version !== undefined) return version;
  } catch (cause) {
    // Only a refusal to list them is special; a failed network or session is reported as everywhere.
    if (isAbort(cause) || isIotError(cause) || ![403, 404].includes(readFailure(cause).status ?? 0))
      throw cause;
  }
  throw new IotError(
    'unsupported',
    l10n.t(
      'Hub "{0}" was not changed: Azure does not show the current API version of IoT hubs, and an older version could remove settings of the hub. Request the permission {1} on the subscription.',
      hubName,
      'Microsoft.Resources/subscriptions/providers/read',
    ),
  );
}

/**
 * Reads the whole hub, changes it, and writes it back: the service offers no partial update. The SDK is not used,
 * because it would drop properties that a later version of the service added. What GET hides is preserved: policies
 * that are `null` stay as they are, and an endpoint whose key reads `****` keeps its key, identified by its `id`.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/create-or-update
 */
export async function changeHub(
  rest: ArmRest,
  management: HubManagement,
  change: (routing: Json) => Json | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const { subscriptionId, resourceGroup, hubName } = management;
  const version = await newestVersion(rest, management, signal);
  const path = ['subscriptions', subscriptionId, 'resourceGroups', resourceGroup]
    .map(encodeURIComponent)
    .join('/');
  const resource = `/${path}/providers/Microsoft.Devices/IotHubs/${encodeURIComponent(hubName)}?api-version=${version}`;
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
