import { type CreatedResource } from './createdResources';

/** Most things that are remembered: VS Code keeps its state in memory and warns above half a megabyte. */
export const maxRemembered = 20_000;

/** What `writeLedger` makes: devices and certificates by hub, since one hub may have thousands. */
interface StoredResourceLog {
  readonly version: 1;
  readonly groups: readonly Omit<CreatedResourceOf<'resourceGroup'>, 'kind'>[];
  readonly hubs: readonly Omit<CreatedResourceOf<'hub'>, 'kind'>[];
  readonly onHubs: readonly StoredOnHub[];
  readonly authorities: readonly Omit<CreatedResourceOf<'authority'>, 'kind'>[];
}

interface StoredOnHub {
  readonly hubId: string;
  readonly hubName: string;
  readonly devices: readonly string[];
  readonly certificates: readonly string[];
}

export type CreatedResourceOf<K extends CreatedResource['kind']> = Extract<CreatedResource, { kind: K }>;

/** The same for two descriptions of one thing: names of Azure know no case, ids of devices do. */
export function createdResourceKey(thing: CreatedResource): string {
  switch (thing.kind) {
    case 'resourceGroup':
      return `group/${thing.subscriptionId}/${thing.name}`.toLowerCase();
    case 'hub':
      return `hub/${thing.subscriptionId}/${thing.resourceGroup}/${thing.name}`.toLowerCase();
    case 'device':
      return `device/${thing.hubId}/${thing.deviceId}`;
    case 'hubCertificate':
      return `certificate/${thing.hubId}/${thing.name}`;
    case 'authority':
      return `authority/${thing.authorityId}`;
  }
}

/** The newer description wins, at the end; the oldest devices and certificates go first when there are too many. */
export function addResources(
  known: readonly CreatedResource[],
  added: readonly CreatedResource[],
  most = maxRemembered,
): { readonly resources: readonly CreatedResource[]; readonly dropped: number } {
  const byKey = new Map(known.map((thing) => [createdResourceKey(thing), thing]));
  for (const thing of added) {
    byKey.delete(createdResourceKey(thing));
    byKey.set(createdResourceKey(thing), thing);
  }
  const all = [...byKey.values()];
  let tooMany = all.length - most;
  if (tooMany <= 0) return { resources: all, dropped: 0 };
  const resources = all.filter((thing) => !(isOnHub(thing) && tooMany-- > 0));
  return { resources, dropped: all.length - resources.length };
}

export function removeResources(
  known: readonly CreatedResource[],
  gone: readonly CreatedResource[],
): readonly CreatedResource[] {
  const keys = new Set(gone.map(createdResourceKey));
  return known.filter((thing) => !keys.has(createdResourceKey(thing)));
}

export const isOnHub = (
  thing: CreatedResource,
): thing is CreatedResourceOf<'device'> | CreatedResourceOf<'hubCertificate'> =>
  thing.kind === 'device' || thing.kind === 'hubCertificate';

export function writeResourceLog(resources: readonly CreatedResource[]): StoredResourceLog {
  const onHubs = new Map<string, { hubName: string; devices: string[]; certificates: string[] }>();
  for (const thing of resources) {
    if (!isOnHub(thing)) continue;
    const entry = onHubs.get(thing.hubId) ?? { hubName: '', devices: [], certificates: [] };
    onHubs.set(thing.hubId, entry);
    // The hub may have another name in the tree since.
    entry.hubName = thing.hubName;
    if (thing.kind === 'device') entry.devices.push(thing.deviceId);
    else entry.certificates.push(thing.name);
  }
  return {
    version: 1,
    groups: resources.flatMap((thing) => {
      if (thing.kind !== 'resourceGroup') return [];
      const { accountId, subscriptionId, name } = thing;
      return { accountId, subscriptionId, name };
    }),
    hubs: resources.flatMap((thing) => {
      if (thing.kind !== 'hub') return [];
      const { accountId, subscriptionId, resourceGroup, name, sku } = thing;
      return { accountId, subscriptionId, resourceGroup, name, sku };
    }),
    onHubs: [...onHubs].map(([hubId, entry]) => ({ hubId, ...entry })),
    authorities: resources.flatMap((thing) =>
      thing.kind === 'authority' ? { authorityId: thing.authorityId, name: thing.name } : [],
    ),
  };
}

/** Reads what was kept, perhaps by another version: what makes no sense is left out and counted. */
export function readResourceLog(value: unknown): {
  readonly resources: readonly CreatedResource[];
  readonly unreadable: number;
} {
  if (value === undefined) return { resources: [], unreadable: 0 };
  if (!isRecord(value) || value['version'] !== 1) return { resources: [], unreadable: 1 };
  let unreadable = 0;
  const each = (list: unknown, read: (entry: Fields) => CreatedResource[] | undefined): CreatedResource[] => {
    if (!Array.isArray(list)) {
      unreadable++;
      return [];
    }
    return list.flatMap((entry: unknown) => {
      const found = isRecord(entry) ? read(entry) : undefined;
      if (!found) unreadable++;
      return found ?? [];
    });
  };
  const names = (list: unknown): string[] => {
    if (!Array.isArray(list)) {
      unreadable++;
      return [];
    }
    const good = list.filter(isName);
    unreadable += list.length - good.length;
    return good;
  };
  const resources = [
    ...each(value['groups'], ({ accountId, subscriptionId, name }) =>
      isName(accountId) && isName(subscriptionId) && isName(name)
        ? [{ kind: 'resourceGroup', accountId, subscriptionId, name }]
        : undefined,
    ),
    ...each(value['hubs'], ({ accountId, subscriptionId, resourceGroup, name, sku }) =>
      isName(accountId) && isName(subscriptionId) && isName(resourceGroup) && isName(name) && isName(sku)
        ? [{ kind: 'hub', accountId, subscriptionId, resourceGroup, name, sku }]
        : undefined,
    ),
    ...each(value['onHubs'], ({ hubId, hubName, devices, certificates }) =>
      isName(hubId) && isName(hubName)
        ? [
            ...names(devices).map((deviceId) => ({ kind: 'device', hubId, hubName, deviceId }) as const),
            ...names(certificates).map((name) => ({ kind: 'hubCertificate', hubId, hubName, name }) as const),
          ]
        : undefined,
    ),
    ...each(value['authorities'], ({ authorityId, name }) =>
      isName(authorityId) && isName(name) ? [{ kind: 'authority', authorityId, name }] : undefined,
    ),
  ];
  return { resources: addResources([], resources).resources, unreadable };
}

type Fields = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';
