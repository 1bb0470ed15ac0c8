import type { Answer } from '../http/router';
import type { ArmRequest } from './api';
import { platformError } from './errors';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Types and actions of `Microsoft.Devices` that Azure has, in lower case, without names.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource
 * @see https://learn.microsoft.com/rest/api/iot-dps/iot-dps-resource
 */
const devicesTypes = new Set([
  ...['operations', 'usages', 'checknameavailability', 'checkprovisioningservicenameavailability'],
  ...['operationresults', 'locations', 'locations/operationresults', 'provisioningserviceoperationresults'],
  ...['iothubs', 'iothubs/failover', 'iothubs/jobs', 'iothubs/exportdevices', 'iothubs/importdevices'],
  ...['iothubs/privateendpointconnections', 'iothubs/privatelinkresources', 'iothubs/securitysettings'],
  ...['iothubs/eventgridfilters', 'iothubs/networksecurityperimeterconfigurations', 'iothubs/devicestreams'],
  ...['iothubs/routing', 'iothubs/providers', 'iothubs/operationresults', 'iothubs/certificates'],
  ...['iothubs/eventhubendpoints', 'iothubs/iothubkeys'],
]);

/**
 * The answer to a path that no route has: what Azure supports and the local hub does not is 501; the rest is refused as
 * in Azure.
 */
export function unsupportedAnswer({ method, path, query }: ArmRequest): Answer {
  const at = path.findIndex((segment) => segment.toLowerCase() === 'providers');
  const namespace = at === -1 ? undefined : path[at + 1];
  if (namespace === undefined) return notImplemented(method, path);
  if (!/^[a-z]\w*(\.\w+)+$/i.test(namespace)) {
    return platformError(
      404,
      'InvalidResourceNamespace',
      `The resource namespace '${namespace}' is invalid.`,
    );
  }
  const [type = '', , subtype] = path.slice(at + 2).map((segment) => segment.toLowerCase());
  const isOfDevices = namespace.toLowerCase() === 'microsoft.devices';
  const isKnown =
    type.startsWith('provisioningservices') ||
    devicesTypes.has(subtype === undefined ? type : `${type}/${subtype}`);
  if (!isOfDevices || isKnown) return notImplemented(method, path);
  return platformError(
    404,
    'InvalidResourceType',
    `The resource type could not be found in the namespace '${namespace}' for api version '${query.get('api-version') ?? ''}'.`,
  );
}

const notImplemented = (method: string, path: readonly string[]): Answer =>
  platformError(
    501,
    'NotImplemented',
    `The local hub does not support ${method} /${path.join('/').slice(0, 500)}. Azure Resource Manager may support it.`,
  );

/** The answer to a subscription id that is not a GUID; undefined if it is one. */
export const malformedSubscription = (id: string): Answer | undefined =>
  guid.test(id)
    ? undefined
    : platformError(
        400,
        'InvalidSubscriptionId',
        `The provided subscription identifier '${id}' is malformed or invalid.`,
      );
