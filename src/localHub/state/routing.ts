import type { NewEvent } from './events';
import type { KeyValueStore } from './keyValueStore';

/** The built-in endpoint, which event readers use. */
export const builtInEndpoint = 'events';
const key = 'routing';

export interface Route {
  readonly name: string;
  readonly source: string;
  readonly condition: string;
  readonly endpointNames: readonly string[];
  readonly isEnabled: boolean;
}

/** `properties.routing` in ARM; endpoints are stored as given. */
export interface RoutingSettings {
  readonly endpoints: Readonly<Record<string, readonly unknown[]>>;
  readonly routes: readonly Route[];
  readonly isFallbackOn: boolean;
  /** The fallback route as it was given; only whether it is enabled has an effect. */
  readonly fallbackRoute?: Readonly<Record<string, unknown>>;
  /** Other properties, which are stored and returned as given. */
  readonly storedProperties?: Readonly<Record<string, unknown>>;
}

/** What conditions can refer to. */
export type RoutedEvent = Pick<NewEvent, 'deviceId' | 'system' | 'properties' | 'body'>;

export class RoutingError extends Error {}

type Condition = (document: Readonly<Record<string, unknown>>) => boolean;

const initial: RoutingSettings = {
  endpoints: { serviceBusQueues: [], serviceBusTopics: [], eventHubs: [], storageContainers: [] },
  routes: [],
  isFallbackOn: true,
};

/**
 * Routes device-to-cloud messages to the endpoints of all routes whose condition matches, otherwise to the fallback
 * route. Only the built-in endpoint exists; messages to others are only counted.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c
 */
export class Routing {
  private current: RoutingSettings = initial;
  private compiled: readonly { readonly matches: Condition; readonly endpoints: readonly string[] }[] = [];
  private readonly undelivered = new Map<string, number>();

  /** @param compile parses a condition; throws if it is not valid */
  constructor(
    private readonly compile: (condition: string) => Condition,
    private readonly meta?: KeyValueStore,
  ) {
    const stored = meta?.getJson(key);
    if (stored !== undefined) this.use(stored as RoutingSettings);
  }

  get settings(): RoutingSettings {
    return this.current;
  }

  /** How many messages were routed to endpoints that do not exist, by name of the endpoint. */
  get undeliveredCounts(): ReadonlyMap<string, number> {
    return this.undelivered;
  }

  /** Checks settings without using them. @throws RoutingError with a sentence for the client */
  static check(settings: RoutingSettings, compile: (condition: string) => Condition): void {
    new Routing(compile).check(settings);
  }

  /** @throws RoutingError with a sentence for the client */
  set(settings: RoutingSettings): void {
    this.check(settings);
    this.meta?.set(key, JSON.stringify(settings));
    this.use(settings);
  }

  /** Whether a message goes to the built-in endpoint. */
  reachesBuiltIn(event: RoutedEvent): boolean {
    if (this.compiled.length === 0) return this.current.isFallbackOn;
    const document = toQueryDocument(event);
    const matching = this.compiled.filter(({ matches }) => matches(document));
    if (matching.length === 0) return this.current.isFallbackOn;
    const endpoints = new Set(matching.flatMap((route) => route.endpoints));
    for (const name of endpoints) {
      if (name !== builtInEndpoint) this.undelivered.set(name, (this.undelivered.get(name) ?? 0) + 1);
    }
    return endpoints.has(builtInEndpoint);
  }

  /** Whether a message matches a condition. @throws if the condition is not valid */
  test(condition: string, event: RoutedEvent): boolean {
    return this.compile(condition)(toQueryDocument(event));
  }

  private use(settings: RoutingSettings): void {
    this.current = settings;
    this.compiled = settings.routes
      .filter(({ isEnabled, source }) => isEnabled && isDeviceMessages(source))
      .map(({ condition, endpointNames }) => ({
        matches: this.compile(condition),
        endpoints: endpointNames,
      }));
  }

  private check({ routes, endpoints }: RoutingSettings): void {
    const names = new Set([builtInEndpoint, ...endpointNamesOf(endpoints)]);
    const seen = new Set<string>();
    for (const { name, condition, endpointNames } of routes) {
      if (!/^[A-Za-z0-9._-]{1,64}$/.test(name))
        throw new RoutingError(`'${name}' is not a valid route name.`);
      if (seen.has(name.toLowerCase())) throw new RoutingError(`The route name '${name}' is used twice.`);
      seen.add(name.toLowerCase());
      const unknown = endpointNames.find((endpoint) => !names.has(endpoint));
      if (endpointNames.length === 0 || unknown !== undefined) {
        throw new RoutingError(
          `Route '${name}' refers to the endpoint '${unknown ?? ''}', which does not exist.`,
        );
      }
      try {
        this.compile(condition);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new RoutingError(
          `The condition of route '${name}' is not valid, or the local hub does not support it: ${reason}`,
        );
      }
    }
  }
}

/** Names of the endpoints that a client configured. */
export function endpointNamesOf(endpoints: RoutingSettings['endpoints']): string[] {
  return Object.values(endpoints)
    .flatMap((some) => [...some])
    .map((endpoint) => (endpoint as { name?: unknown } | null)?.name)
    .filter((name): name is string => typeof name === 'string');
}

/** Clients write the source in different ways: the Azure CLI sends `devicemessages`. */
const isDeviceMessages = (source: string): boolean => source.toLowerCase() === 'devicemessages';

/** Application properties by name, system properties with `$`, and `$body` if the body is JSON. */
function toQueryDocument({ deviceId, system, properties, body }: RoutedEvent): Record<string, unknown> {
  const named = Object.entries(system).map(([name, value]): [string, unknown] => [`$${name}`, value]);
  return {
    ...properties,
    ...Object.fromEntries<unknown>(named),
    $connectionDeviceId: deviceId,
    ...(/json/i.test(system.contentType ?? '') ? { $body: parseJson(body) } : {}),
  };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
