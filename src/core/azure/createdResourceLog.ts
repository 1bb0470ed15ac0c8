import { type CreatedResource } from './createdResources';

/** Maximum number of resources to remember: VS Code keeps its state in memory and warns above half a megabyte. */
export const maxRemembered = 20_000;

/** What `writeResourceLog` returns: devices and certificates by hub, since one hub may have thousands. */
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

/** Equal for two descriptions of one resource: Azure names are not case-sensitive, device IDs are. */
export function createdResourceKey(resource: CreatedResource): string {
  switch (resource.kind) {
    case 'resourceGroup':
      return `group/${resource.subscriptionId}/${resource.name}`.toLowerCase();
    case 'hub':
      return `hub/${resource.subscriptionId}/${resource.resourceGroup}/${resource.name}`.toLowerCase();
    case 'device':
      return `device/${resource.hubId}/${resource.deviceId}`;
    case 'hubCertificate':
      return `certificate/${resource.hubId}/${resource.name}`;
    case 'authority':
      return `authority/${resource.authorityId}`;
  }
}

/** The newer description replaces the older one; the oldest devices and certificates are discarded first. */
export function addResources(
  known: readonly CreatedResource[],
  added: readonly CreatedResource[],
  max = maxRemembered,
): { readonly resources: readonly CreatedResource[]; readonly dropped: number } {
  const byKey = new Map(known.map((resource) => [createdResourceKey(resource), resource]));
  for (const resource of added) {
    byKey.delete(createdResourceKey(resource));
    byKey.set(createdResourceKey(resource), resource);
  }
  const all = [...byKey.values()];
  let tooMany = all.length - max;
  if (tooMany <= 0) return { resources: all, dropped: 0 };
  const resources = all.filter((resource) => !(isOnHub(resource) && tooMany-- > 0));
  return { resources, dropped: all.length - resources.length };
}

export function removeResources(
  known: readonly CreatedResource[],
  gone: readonly CreatedResource[],
): readonly CreatedResource[] {
  const keys = new Set(gone.map(createdResourceKey));
  return known.filter((resource) => !keys.has(createdResourceKey(resource)));
}

export const isOnHub = (
  resource: CreatedResource,
): resource is CreatedResourceOf<'device'> | CreatedResourceOf<'hubCertificate'> =>
  resource.kind === 'device' || resource.kind === 'hubCertificate';

export function writeResourceLog(resources: readonly CreatedResource[]): StoredResourceLog {
  const onHubs = new Map<string, { hubName: string; devices: string[]; certificates: string[] }>();
  for (const resource of resources) {
    if (!isOnHub(resource)) continue;
    const entry = onHubs.get(resource.hubId) ?? { hubName: '', devices: [], certificates: [] };
    onHubs.set(resource.hubId, entry);
    // The hub may have been renamed in the tree.
    entry.hubName = resource.hubName;
    if (resource.kind === 'device') entry.devices.push(resource.deviceId);
    else entry.certificates.push(resource.name);
  }
  return {
    version: 1,
    groups: resources.flatMap((resource) => {
      if (resource.kind !== 'resourceGroup') return [];
      const { accountId, subscriptionId, name, createdAt } = resource;
      return { accountId, subscriptionId, name, ...timeOf(createdAt) };
    }),
    hubs: resources.flatMap((resource) => {
      if (resource.kind !== 'hub') return [];
      const { accountId, subscriptionId, resourceGroup, name, sku, createdAt } = resource;
      return { accountId, subscriptionId, resourceGroup, name, sku, ...timeOf(createdAt) };
    }),
    onHubs: [...onHubs].map(([hubId, entry]) => ({ hubId, ...entry })),
    authorities: resources.flatMap((resource) =>
      resource.kind === 'authority' ? { authorityId: resource.authorityId, name: resource.name } : [],
    ),
  };
}

/** Reads the stored log, possibly of another version: unreadable entries are left out and counted. */
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
    ...each(value['groups'], ({ accountId, subscriptionId, name, createdAt }) =>
      isName(accountId) && isName(subscriptionId) && isName(name)
        ? [{ kind: 'resourceGroup', accountId, subscriptionId, name, ...timeOf(createdAt) }]
        : undefined,
    ),
    ...each(value['hubs'], ({ accountId, subscriptionId, resourceGroup, name, sku, createdAt }) =>
      isName(accountId) && isName(subscriptionId) && isName(resourceGroup) && isName(name) && isName(sku)
        ? [{ kind: 'hub', accountId, subscriptionId, resourceGroup, name, sku, ...timeOf(createdAt) }]
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

/** Absent in entries of older versions. */
const timeOf = (createdAt: unknown): { readonly createdAt?: number } =>
  typeof createdAt === 'number' ? { createdAt } : {};

type Fields = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';
