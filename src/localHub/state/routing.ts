import type { NewEvent } from './events';
import type { Meta } from './meta';

/** The endpoint that monitors read. */
export const builtInEndpoint = 'events';
const key = 'routing';

export interface Route {
  readonly name: string;
  readonly source: string;
  readonly condition: string;
  readonly endpointNames: readonly string[];
  readonly isEnabled: boolean;
}

/** What ARM has as `properties.routing`, of which endpoints are kept as they were given. */
export interface RoutingSettings {
  readonly endpoints: Readonly<Record<string, readonly unknown[]>>;
  readonly routes: readonly Route[];
  readonly isFallbackOn: boolean;
}

export class RoutingRefusal extends Error {}

type Condition = (document: Readonly<Record<string, unknown>>) => boolean;

const initial: RoutingSettings = {
  endpoints: { serviceBusQueues: [], serviceBusTopics: [], eventHubs: [], storageContainers: [] },
  routes: [],
  isFallbackOn: true,
};

/**
 * Where messages of devices go: to the endpoints of all routes whose condition holds, else by the fallback route.
 * Only the built-in endpoint is there; for others it is counted what would have gone to them.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c
 */
export class Routing {
  private current: RoutingSettings = initial;
  private compiled: readonly { readonly holds: Condition; readonly endpoints: readonly string[] }[] = [];
  private readonly elsewhere = new Map<string, number>();

  /** @param compile reads a condition and throws when it cannot be read */
  constructor(
    private readonly compile: (condition: string) => Condition,
    private readonly meta?: Meta,
  ) {
    const kept = meta?.get(key);
    if (kept !== undefined) this.use(JSON.parse(kept) as RoutingSettings);
  }

  get settings(): RoutingSettings {
    return this.current;
  }

  /** How many messages went to endpoints that this hub does not have, by name. */
  get countsElsewhere(): ReadonlyMap<string, number> {
    return this.elsewhere;
  }

  /** @throws RoutingRefusal with one sentence */
  set(settings: RoutingSettings): void {
    this.check(settings);
    this.use(settings);
    this.meta?.set(key, JSON.stringify(settings));
  }

  /** Whether a message goes to the built-in endpoint. */
  reachesBuiltIn(event: NewEvent): boolean {
    if (this.compiled.length === 0) return this.current.isFallbackOn;
    const document = documentOf(event);
    const taken = this.compiled.filter(({ holds }) => holds(document));
    if (taken.length === 0) return this.current.isFallbackOn;
    const endpoints = new Set(taken.flatMap((route) => route.endpoints));
    for (const name of endpoints) {
      if (name !== builtInEndpoint) this.elsewhere.set(name, (this.elsewhere.get(name) ?? 0) + 1);
    }
    return endpoints.has(builtInEndpoint);
  }

  private use(settings: RoutingSettings): void {
    this.current = settings;
    this.compiled = settings.routes
      .filter(({ isEnabled, source }) => isEnabled && source === 'DeviceMessages')
      .map(({ condition, endpointNames }) => ({ holds: this.compile(condition), endpoints: endpointNames }));
  }

  private check({ routes, endpoints }: RoutingSettings): void {
    const names = new Set([builtInEndpoint, ...endpointNamesOf(endpoints)]);
    const seen = new Set<string>();
    for (const { name, condition, endpointNames } of routes) {
      if (!/^[A-Za-z0-9._-]{1,64}$/.test(name))
        throw new RoutingRefusal(`'${name}' is not a valid route name.`);
      if (seen.has(name.toLowerCase())) throw new RoutingRefusal(`There are two routes '${name}'.`);
      seen.add(name.toLowerCase());
      const unknown = endpointNames.find((endpoint) => !names.has(endpoint));
      if (endpointNames.length === 0 || unknown !== undefined) {
        throw new RoutingRefusal(
          `Route '${name}' names the endpoint '${unknown ?? ''}', which there is not.`,
        );
      }
      try {
        this.compile(condition);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new RoutingRefusal(`The condition of route '${name}' cannot be read: ${why}`);
      }
    }
  }
}

function endpointNamesOf(endpoints: RoutingSettings['endpoints']): string[] {
  return Object.values(endpoints)
    .flatMap((some) => [...some])
    .map((endpoint) => (endpoint as { name?: unknown } | null)?.name)
    .filter((name): name is string => typeof name === 'string');
}

/** Application properties by their names, system properties with `$`, and `$body` of JSON bodies. */
function documentOf({ deviceId, system, properties, body }: NewEvent): Record<string, unknown> {
  const named = Object.entries(system).map(([name, value]): [string, unknown] => [`$${name}`, value]);
  return {
    ...properties,
    ...Object.fromEntries<unknown>(named),
    $connectionDeviceId: deviceId,
    ...(/json/i.test(system.contentType ?? '') ? { $body: jsonOf(body) } : {}),
  };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
