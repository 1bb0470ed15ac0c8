import * as v from 'valibot';
import { hubReferenceSchema, type WebviewContract } from '../protocol';

/* What the hub overview and its page say to each other. Keys and connection strings are never part of it. */

const nothing = v.object({});
const text = (most: number) => v.pipe(v.string(), v.maxLength(most));

/** Each is read by a call of its own, and fails alone. */
export const sectionNames = [
  'facts',
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

/** What can be copied that is no secret. */
export const copied = ['hostName', 'eventsPath', 'eventsEndpoint', 'subscriptionId'] as const;

/** From the page to the extension. */
export const toHost = {
  refresh: nothing,
  retry: v.object({ section: v.picklist(sectionNames) }),
  /** What the failure of a section offers, such as to sign in. */
  act: v.object({ section: v.picklist(sectionNames) }),
  /** What the notice offers, such as to start the local hub. */
  actOnNotice: nothing,
  copy: v.object({ what: v.picklist(copied) }),
  /** The connection string of a policy goes to the clipboard, past the page. */
  copyPolicy: v.object({ name: text(256) }),
  copyEventsString: nothing,
  openInPortal: nothing,
  /** `done` is the answer to each change. */
  createConsumerGroup: v.object({ name: text(256) }),
  deleteConsumerGroup: v.object({ name: text(256) }),
  addRoute: routeSchema,
  removeRoute: v.object({ name: text(256) }),
  setFallback: v.object({ isOn: v.boolean() }),
} as const;

/** `data` stays while it is read again, and when that fails. */
const section = <T extends v.GenericSchema<unknown>>(data: T) =>
  v.object({
    data: v.nullable(data),
    problem: v.nullable(v.object({ message: v.string(), action: v.nullable(v.string()) })),
    isLoading: v.boolean(),
  });

export const factsSchema = v.object({
  hostName: v.string(),
  /** Of a hub that a connection string alone is known of. */
  policyName: v.nullable(v.string()),
  /** What its management tells. */
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
  /** Why nothing can be read, or what is unusual; `null` when all is well. */
  notice: v.nullable(
    v.object({
      kind: v.picklist(['info', 'warning', 'error']),
      text: v.string(),
      action: v.nullable(v.string()),
    }),
  ),
  /** Whether the hub is there to be asked. */
  isReachable: v.boolean(),
  /** When what is shown was read, as a time in milliseconds. */
  asOf: v.nullable(v.number()),
  isLoading: v.boolean(),
  /** What is being changed now, in words. */
  working: v.nullable(v.string()),
  hasPortal: v.boolean(),
  canCopyPolicies: v.boolean(),
  canCopyEventsString: v.boolean(),
  sections: v.object({
    facts: section(factsSchema),
    /** `null` when a connection string alone is known of the hub; in `messages`, when the hub does not tell. */
    messages: v.nullable(
      section(v.object({ isTold: v.boolean(), used: v.number(), limit: v.number(), meterBytes: v.number() })),
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
  /** A change is over. Also when the person did not want it after all, without a problem. */
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
export type Facts = v.InferOutput<typeof factsSchema>;
export type Route = v.InferOutput<typeof routeSchema>;
export type Copied = (typeof copied)[number];
export type Change = (typeof changes)[number];

/** What is typed and not sent yet. */
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
