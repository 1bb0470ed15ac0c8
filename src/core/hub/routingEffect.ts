import * as l10n from '@vscode/l10n';
import {
  builtInEndpoint,
  deviceMessages,
  type HubEndpointKind,
  type HubRoute,
  type HubRouting,
} from './hubSettings';

export interface RoutingEffect {
  readonly text: string;
  /** Whether messages get lost, or monitors do not see them. */
  readonly isWarning: boolean;
}

const routesMessages = ({ isEnabled, source }: HubRoute) => isEnabled && source === deviceMessages;
const matchesAll = ({ condition }: HubRoute) => /^(true)?$/i.test(condition.trim());
const leadsToMonitors = ({ endpoints }: HubRoute) => endpoints.includes(builtInEndpoint);

/**
 * Where device messages go, in words.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c#fallback-route
 */
export function routingEffect({ routes, isFallbackOn }: HubRouting): RoutingEffect {
  const active = routes.filter(routesMessages);
  const toMonitors = active.filter(leadsToMonitors);
  if (!isFallbackOn) {
    return toMonitors.length === 0
      ? {
          text: l10n.t(
            'The fallback route is disabled and no route sends to the built-in endpoint: monitoring receives no device messages, and messages that match no route are dropped.',
          ),
          isWarning: true,
        }
      : toMonitors.some(matchesAll)
        ? {
            text: l10n.t(
              'A route sends every message to the built-in endpoint, where monitoring reads them.',
            ),
            isWarning: false,
          }
        : {
            text: l10n.t('The fallback route is disabled: messages that match no route are dropped.'),
            isWarning: true,
          };
  }
  if (active.length === 0)
    return {
      text: l10n.t('All device messages go to the built-in endpoint, where monitoring reads them.'),
      isWarning: false,
    };
  const greedy = active.find(matchesAll);
  if (greedy && toMonitors.length === 0) {
    return {
      text: l10n.t(
        'Route "{0}" matches every message and no route sends to the built-in endpoint: monitoring receives no device messages.',
        greedy.name,
      ),
      isWarning: true,
    };
  }
  return {
    text: l10n.t('Messages that match no route go to the built-in endpoint, where monitoring reads them.'),
    isWarning: false,
  };
}

/** The effect of removing a route, for the confirmation. */
export function removalEffect(routing: HubRouting, name: string): string {
  const route = routing.routes.find((one) => one.name === name);
  if (!route || !routesMessages(route)) return l10n.t('Messages of this route are no longer sent anywhere.');
  return routing.isFallbackOn
    ? l10n.t('Messages that match no other route go to the built-in endpoint.')
    : l10n.t('Messages that match no other route are dropped, because the fallback route is disabled.');
}

/** Kind of an endpoint, as Azure names it. */
export function endpointKindText(kind: HubEndpointKind): string {
  switch (kind) {
    case 'eventHub':
      return l10n.t('Event Hub');
    case 'serviceBusQueue':
      return l10n.t('Service Bus queue');
    case 'serviceBusTopic':
      return l10n.t('Service Bus topic');
    case 'storageContainer':
      return l10n.t('Storage container');
    case 'cosmosDbContainer':
      return l10n.t('Cosmos DB container');
  }
}

/** A source in words; an unknown one as it is. */
export function sourceText(source: string): string {
  switch (source) {
    case deviceMessages:
      return l10n.t('Device Telemetry Messages');
    case 'TwinChangeEvents':
      return l10n.t('Device Twin Change Events');
    case 'DeviceLifecycleEvents':
      return l10n.t('Device Lifecycle Events');
    case 'DeviceJobLifecycleEvents':
      return l10n.t('Device Job Lifecycle Events');
    case 'DigitalTwinChangeEvents':
      return l10n.t('Digital Twin Change Events');
    case 'DeviceConnectionStateEvents':
      return l10n.t('Device Connection State Events');
    case 'MqttBrokerMessages':
      return l10n.t('MQTT Broker Messages');
    default:
      return source;
  }
}
