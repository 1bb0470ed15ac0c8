import * as v from 'valibot';
import { hubReferenceSchema, type WebviewContract } from '../protocol';

/* Messages between the hub overview and its page. They never contain keys or connection strings. */

const nothing = v.object({});
const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));

/** Sections of the page. Each is read by a separate call and can fail separately. */
export const sectionNames = [
  'properties',
  'messages',
  'devices',
  'connected',
  'policies',
  'consumerGroups',
  'routing',
] as const;

export const routeSchema = v.object({
  name: text(256),
  source: text(100),
  condition: text(8_000),
  endpoints: v.pipe(v.array(text(256)), v.maxLength(100)),
  isEnabled: v.boolean(),
});

/** Values that can be copied and are not secret. */
export const copied = ['hostName', 'eventsPath', 'eventsEndpoint', 'subscriptionId'] as const;

/** From the page to the extension. */
export const toHost = {
  refresh: nothing,
  retry: v.object({ section: v.picklist(sectionNames) }),
  /** Runs the action of the error of a section, such as signing in. */
  act: v.object({ section: v.picklist(sectionNames) }),
  /** Runs the action of the notice, such as starting the local hub. */
  actOnNotice: nothing,
  copy: v.object({ what: v.picklist(copied) }),
  /** Copies the connection string of a policy. The page does not receive it. */
  copyPolicy: v.object({ name: text(256) }),
  copyEventsString: nothing,
  openInPortal: nothing,
  /** Changes: `done` is the answer to each. */
  createConsumerGroup: v.object({ name: text(256) }),
  deleteConsumerGroup: v.object({ name: text(256) }),
  addRoute: routeSchema,
  removeRoute: v.object({ name: text(256) }),
  setFallback: v.object({ isOn: v.boolean() }),
} as const;

/** `data` is kept while it is read again, and when that fails. */
const section = <T extends v.GenericSchema<unknown>>(data: T) =>
  v.object({
    data: v.nullable(data),
    problem: v.nullable(v.object({ message: v.string(), action: v.nullable(v.string()) })),
    isLoading: v.boolean(),
  });

export const hubPropertiesSchema = v.object({
  hostName: v.string(),
  /** Of a hub that was added by connection string. */
  policyName: v.nullable(v.string()),
  /** Data of Azure Resource Manager. */
  hub: v.nullable(
    v.object({
      state: v.string(),
      sku: v.object({
        name: v.string(),
        tier: v.picklist(['Free', 'Basic', 'Standard']),
        units: v.number(),
      }),
      location: v.string(),
      resourceGroup: v.string(),
      subscription: v.object({ name: v.nullable(v.string()), id: v.string() }),
      events: v.nullable(
        v.object({
          endpoint: v.string(),
          path: v.string(),
          partitionCount: v.number(),
          retentionDays: v.number(),
        }),
      ),
      isLocalAuthOff: v.boolean(),
      isPublicAccessOff: v.boolean(),
      minTlsVersion: v.nullable(v.string()),
    }),
  ),
});

export const stateSchema = v.object({
  hub: hubReferenceSchema,
  /** Why the hub cannot be read, or what is unusual about it; `null` otherwise. */
  notice: v.nullable(
    v.object({
      kind: v.picklist(['info', 'warning', 'error']),
      text: v.string(),
      action: v.nullable(v.string()),
    }),
  ),
  /** Whether the hub can be read. */
  isReachable: v.boolean(),
  /** When the data was read, in milliseconds. */
  asOf: v.nullable(v.number()),
  isLoading: v.boolean(),
  /** The change in progress, as text. */
  working: v.nullable(v.string()),
  hasPortal: v.boolean(),
  canCopyPolicies: v.boolean(),
  canCopyEventsString: v.boolean(),
  sections: v.object({
    properties: section(hubPropertiesSchema),
    /** `null` for a hub that was added by connection string. */
    messages: v.nullable(
      section(
        v.object({ isReported: v.boolean(), used: v.number(), limit: v.number(), meterBytes: v.number() }),
      ),
    ),
    devices: section(
      v.object({
        total: v.number(),
        enabled: v.number(),
        disabled: v.number(),
        limit: v.nullable(v.number()),
      }),
    ),
    connected: section(v.object({ count: v.number() })),
    policies: v.nullable(section(v.array(v.object({ name: v.string(), rights: v.array(v.string()) })))),
    consumerGroups: v.nullable(section(v.array(v.string()))),
    routing: v.nullable(
      section(
        v.object({
          routes: v.array(routeSchema),
          isFallbackOn: v.boolean(),
          endpoints: v.array(
            v.object({
              name: v.string(),
              kind: v.picklist([
                'eventHub',
                'serviceBusQueue',
                'serviceBusTopic',
                'storageContainer',
                'cosmosDbContainer',
              ]),
              target: v.string(),
              isIdentityBased: v.boolean(),
            }),
          ),
        }),
      ),
    ),
  }),
});

export const changes = [
  'createConsumerGroup',
  'deleteConsumerGroup',
  'addRoute',
  'removeRoute',
  'setFallback',
] as const;

/** From the extension to the page. */
export const toPage = {
  state: stateSchema,
  /** A change has ended. When the user canceled it, `isMade` is false without a problem. */
  done: v.object({ change: v.picklist(changes), isMade: v.boolean(), problem: v.nullable(v.string()) }),
} as const;

export type OverviewState = v.InferOutput<typeof stateSchema>;
export type SectionName = (typeof sectionNames)[number];
export type Sections = OverviewState['sections'];
export type Section<T> = {
  readonly data: T | null;
  readonly problem: { readonly message: string; readonly action: string | null } | null;
  readonly isLoading: boolean;
};
export type DataOf<K extends SectionName> = NonNullable<NonNullable<Sections[K]>['data']>;
export type HubProperties = v.InferOutput<typeof hubPropertiesSchema>;
export type Route = v.InferOutput<typeof routeSchema>;
export type Copied = (typeof copied)[number];
export type Change = (typeof changes)[number];

/** Input that has not been submitted. */
const draftSchema = v.object({
  groupName: v.string(),
  isRouteOpen: v.boolean(),
  route: v.object({ name: v.string(), source: v.string(), condition: v.string(), endpoint: v.string() }),
});
export type Draft = v.InferOutput<typeof draftSchema>;

/** The contract of the hub overview. */
export const contract = {
  page: 'hubOverview',
  toHost,
  toPage,
  view: v.object({ draft: draftSchema }),
} as const satisfies WebviewContract;
