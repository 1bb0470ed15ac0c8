import type { Answer } from '../http/router';
import { RoutingError, type RoutedEvent } from '../state/routing';
import type { ArmApi } from './api';
import { providerError } from './errors';
import { readRoute } from './hubBody';
import { record, textOf } from './json';

/**
 * Tests of routes with a message: of those of the hub, and of one that it need not have.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/test-all-routes
 */
export function addRouteTestRoutes(api: ArmApi): void {
  api.onHub('POST', '/routing/routes/$testall', ({ hub: { context } }, { body }) => {
    const { routingSource, message } = record(body);
    const source = (textOf(routingSource) ?? 'DeviceMessages').toLowerCase();
    const event = readMessage(message);
    const matched = context.routing.settings.routes.filter(
      (route) =>
        route.isEnabled &&
        route.source.toLowerCase() === source &&
        context.routing.test(route.condition, event),
    );
    return { status: 200, body: { routes: matched.map((properties) => ({ properties })) } };
  });
  api.onHub('POST', '/routing/routes/$testnew', ({ hub: { context } }, { body }): Answer => {
    const { route, message } = record(body);
    let condition: string;
    try {
      ({ condition } = readRoute(route));
    } catch (error) {
      if (!(error instanceof RoutingError)) throw error;
      return providerError(400, 400_000, 'BadRequest', error.message);
    }
    try {
      const isMatch = context.routing.test(condition, readMessage(message));
      return { status: 200, body: { result: isMatch ? 'true' : 'false', details: null } };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const compilationErrors = [{ message: reason, severity: 'error', location: null }];
      return { status: 200, body: { result: 'undefined', details: { compilationErrors } } };
    }
  });
}

function readMessage(message: unknown): RoutedEvent {
  const { body, appProperties, systemProperties } = record(message);
  const textsOf = (value: unknown): Record<string, string> =>
    Object.fromEntries(Object.entries(record(value)).map(([name, text]) => [name, String(text)]));
  const system = textsOf(systemProperties);
  return {
    deviceId: system.connectionDeviceId ?? system['iothub-connection-device-id'] ?? '',
    system,
    properties: textsOf(appProperties),
    body: Buffer.from(typeof body === 'string' ? body : ''),
  };
}
