import { bodyOf, objectOf, textOf, textsOf } from '../http/bodyValues';
import type { Answer } from '../http/router';
import { RoutingError, type RoutedEvent } from '../state/routing';
import type { ArmApi } from './api';
import { providerError } from './errors';
import { readRoute } from './hubBody';

/**
 * Tests of routes with a message: of those of the hub, and of one that it need not have.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/test-all-routes
 */
export function addRouteTestRoutes(api: ArmApi): void {
  api.onHub('POST', '/routing/routes/$testall', ({ hub: { context } }, request) => {
    const { routingSource, message } = bodyOf(request);
    const source = (textOf(routingSource, 'routingSource') ?? 'DeviceMessages').toLowerCase();
    const event = readMessage(message);
    const matched = context.routing.settings.routes.filter(
      (route) =>
        route.isEnabled &&
        route.source.toLowerCase() === source &&
        context.routing.test(route.condition, event),
    );
    return { status: 200, body: { routes: matched.map((properties) => ({ properties })) } };
  });
  api.onHub('POST', '/routing/routes/$testnew', ({ hub: { context } }, request): Answer => {
    const { route, message } = bodyOf(request);
    const event = readMessage(message);
    let condition: string;
    try {
      ({ condition } = readRoute(route));
    } catch (error) {
      if (!(error instanceof RoutingError)) throw error;
      return providerError(400, 400_000, 'BadRequest', error.message);
    }
    try {
      const isMatch = context.routing.test(condition, event);
      return { status: 200, body: { result: isMatch ? 'true' : 'false', details: null } };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `The condition is not valid, or the local hub does not support it: ${reason}`;
      const compilationErrors = [{ message, severity: 'error', location: null }];
      return { status: 200, body: { result: 'undefined', details: { compilationErrors } } };
    }
  });
}

function readMessage(message: unknown): RoutedEvent {
  const { body, appProperties, systemProperties } = objectOf(message, 'message');
  const system = textsOf(systemProperties, 'message.systemProperties');
  return {
    deviceId: system.connectionDeviceId ?? system['iothub-connection-device-id'] ?? '',
    system,
    properties: textsOf(appProperties, 'message.appProperties'),
    body: Buffer.from(textOf(body, 'message.body') ?? ''),
  };
}
