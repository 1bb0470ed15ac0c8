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

const takesMessages = ({ isEnabled, source }: HubRoute) => isEnabled && source === deviceMessages;
const takesAll = ({ condition }: HubRoute) => /^\s*(true)?\s*$/i.test(condition);
const leadsToMonitors = ({ endpoints }: HubRoute) => endpoints.includes(builtInEndpoint);

/**
 * What becomes of the messages of devices, in words.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c#fallback-route
 */
export function routingEffect({ routes, isFallbackOn }: HubRouting): RoutingEffect {
  const active = routes.filter(takesMessages);
  const toMonitors = active.filter(leadsToMonitors);
  if (!isFallbackOn) {
    return toMonitors.length === 0
      ? {
          text: 'The fallback route is off and no route leads to the built-in endpoint: monitors see no messages of devices, and messages that match no route are dropped.',
          isWarning: true,
        }
      : toMonitors.some(takesAll)
        ? {
            text: 'A route leads every message to the built-in endpoint, where monitors read.',
            isWarning: false,
          }
        : { text: 'The fallback route is off: messages that match no route are dropped.', isWarning: true };
  }
  if (active.length === 0)
    return {
      text: 'All messages of devices go to the built-in endpoint, where monitors read.',
      isWarning: false,
    };
  const greedy = active.find(takesAll);
  if (greedy && toMonitors.length === 0) {
    return {
      text: `Route "${greedy.name}" takes every message, and no route leads to the built-in endpoint: monitors see no messages of devices.`,
      isWarning: true,
    };
  }
  return {
    text: 'Messages that match no route go to the built-in endpoint, where monitors read.',
    isWarning: false,
  };
}

/** What a route's end means, for the question before it. */
export function removalEffect(routing: HubRouting, name: string): string {
  const route = routing.routes.find((one) => one.name === name);
  if (!route || !takesMessages(route)) return 'What it takes goes nowhere from then on.';
  return routing.isFallbackOn
    ? 'Messages that match no other route go to the built-in endpoint from then on.'
    : 'Messages that match no other route are dropped from then on: the fallback route is off.';
}

export const endpointKinds: Readonly<Record<HubEndpointKind, string>> = {
  eventHub: 'Event Hub',
  serviceBusQueue: 'Service Bus queue',
  serviceBusTopic: 'Service Bus topic',
  storageContainer: 'Storage container',
  cosmosDbContainer: 'Cosmos DB container',
};

const sources: Readonly<Record<string, string>> = {
  [deviceMessages]: 'Device messages',
  TwinChangeEvents: 'Twin changes',
  DeviceLifecycleEvents: 'Device lifecycle',
  DeviceJobLifecycleEvents: 'Job lifecycle',
  DigitalTwinChangeEvents: 'Digital twin changes',
  DeviceConnectionStateEvents: 'Connection states',
  MqttBrokerMessages: 'MQTT broker messages',
};

/** A source in words; one that nobody here knows as it is. */
export const sourceText = (source: string): string => sources[source] ?? source;
