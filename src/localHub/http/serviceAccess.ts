import type { HubContext } from '../context';
import { HubError } from '../errors';
import type { Right } from '../state/policies';
import type { Handler } from './router';

/**
 * As IoT Hub, the answer does not name the network as the cause.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-ip-filtering
 * @throws HubError IotHubUnauthorizedAccess
 */
export function checkPublicAccess({ access, log }: HubContext): void {
  if (!access.rules.isPublicAccessOff) return;
  log('warn', 'HTTP: refused a request, because public network access is disabled');
  throw new HubError('IotHubUnauthorizedAccess', 'Unauthorized');
}

/**
 * Authorizes a request before its handler: by a token of a shared access policy with the right, or by a Microsoft Entra
 * ID token whose owner has a role with the actions.
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-azure-ad#azure-role-based-access-control-and-permissions
 */
export function serviceAccess(
  context: HubContext,
): (right: Right, actions: readonly string[], handler: Handler) => Handler {
  return (right, actions, handler) => (request, parameters) => {
    const header = request.headers.authorization;
    if (header === undefined) throw new HubError('IotHubUnauthorizedAccess', 'Unauthorized');
    if (context.entra && /^Bearer\s/i.test(header)) {
      context.entra.authorize(header, {
        actions: actions.map((action) => `Microsoft.Devices/IotHubs/${action}`),
        method: request.method,
        path: `/${request.path.join('/')}`,
      });
    } else {
      context.authenticator.authenticateService(header, right, request.path);
    }
    if (!request.query.has('api-version')) {
      throw new HubError('InvalidProtocolVersion', 'The api-version query parameter is required');
    }
    return handler(request, parameters);
  };
}
