import { timingSafeEqual } from 'node:crypto';
import type { HubContext } from '../context';
import type { Answer, Handler } from './router';

/** The one subscription and resource group that the local hub is in. */
export const localSubscriptionId = '00000000-0000-0000-0000-000000000000';
export const localResourceGroup = 'local';

export const hubsPath = '/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Devices/IotHubs';

export const hubResourceId = (hubName: string): string =>
  `/subscriptions/${localSubscriptionId}/resourceGroups/${localResourceGroup}/providers/Microsoft.Devices/IotHubs/${hubName}`;

/** An error of the ARM platform; those of the resource provider look different. */
export const platformError = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
});

/** Lets a handler see only requests with the bearer token, an api-version, and names that there are. */
export function armAccess(context: HubContext, armToken: string): (handler: Handler) => Handler {
  return (handler) => (request, parameters) => {
    const given = Buffer.from(/^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
    const wanted = Buffer.from(armToken);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      return platformError(
        401,
        'InvalidAuthenticationToken',
        'The bearer token is missing or wrong: it is in armTokenFile.',
      );
    }
    if (!request.query.has('api-version')) {
      return platformError(
        400,
        'MissingApiVersionParameter',
        'The api-version query parameter (?api-version=) is required for all requests.',
      );
    }
    if (parameters.s !== undefined && parameters.s.toLowerCase() !== localSubscriptionId) {
      return platformError(
        404,
        'SubscriptionNotFound',
        `The subscription '${parameters.s}' could not be found.`,
      );
    }
    if (parameters.rg !== undefined && parameters.rg.toLowerCase() !== localResourceGroup) {
      return platformError(
        404,
        'ResourceGroupNotFound',
        `Resource group '${parameters.rg}' could not be found.`,
      );
    }
    if (parameters.hub !== undefined && parameters.hub.toLowerCase() !== context.hubName) {
      return platformError(
        404,
        'ResourceNotFound',
        `The Resource 'Microsoft.Devices/IotHubs/${parameters.hub}' was not found.`,
      );
    }
    return handler(request, parameters);
  };
}
