import { type MadeThing } from './madeHere';

/** Most things that are remembered: VS Code keeps its state in memory and warns above half a megabyte. */
export const mostRemembered = 20_000;

/** What `writeLedger` makes: devices and certificates by hub, since one hub may have thousands. */
interface StoredLedger {
  readonly version: 1;
  readonly groups: readonly Omit<MadeOf<'resourceGroup'>, 'kind'>[];
  readonly hubs: readonly Omit<MadeOf<'hub'>, 'kind'>[];
  readonly onHubs: readonly StoredOnHub[];
  readonly authorities: readonly Omit<MadeOf<'authority'>, 'kind'>[];
}

interface StoredOnHub {
  readonly hubId: string;
  readonly hubName: string;
  readonly devices: readonly string[];
  readonly certificates: readonly string[];
}

export type MadeOf<K extends MadeThing['kind']> = Extract<MadeThing, { kind: K }>;

/** The same for two descriptions of one thing: names of Azure know no case, ids of devices do. */
export function madeKey(thing: MadeThing): string {
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
export function addThings(
  known: readonly MadeThing[],
  added: readonly MadeThing[],
  most = mostRemembered,
): { readonly things: readonly MadeThing[]; readonly dropped: number } {
  const byKey = new Map(known.map((thing) => [madeKey(thing), thing]));
  for (const thing of added) {
    byKey.delete(madeKey(thing));
    byKey.set(madeKey(thing), thing);
  }
  const all = [...byKey.values()];
  let tooMany = all.length - most;
  if (tooMany <= 0) return { things: all, dropped: 0 };
  const things = all.filter((thing) => !(isOnHub(thing) && tooMany-- > 0));
  return { things, dropped: all.length - things.length };
}

export function removeThings(known: readonly MadeThing[], gone: readonly MadeThing[]): readonly MadeThing[] {
  const keys = new Set(gone.map(madeKey));
  return known.filter((thing) => !keys.has(madeKey(thing)));
}

export const isOnHub = (thing: MadeThing): thing is MadeOf<'device'> | MadeOf<'hubCertificate'> =>
  thing.kind === 'device' || thing.kind === 'hubCertificate';

export function writeLedger(things: readonly MadeThing[]): StoredLedger {
  const onHubs = new Map<string, { hubName: string; devices: string[]; certificates: string[] }>();
  for (const thing of things) {
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
    groups: things.flatMap((thing) => {
      if (thing.kind !== 'resourceGroup') return [];
      const { accountId, subscriptionId, name } = thing;
      return { accountId, subscriptionId, name };
    }),
    hubs: things.flatMap((thing) => {
      if (thing.kind !== 'hub') return [];
      const { accountId, subscriptionId, resourceGroup, name, sku } = thing;
      return { accountId, subscriptionId, resourceGroup, name, sku };
    }),
    onHubs: [...onHubs].map(([hubId, entry]) => ({ hubId, ...entry })),
    authorities: things.flatMap((thing) =>
      thing.kind === 'authority' ? { authorityId: thing.authorityId, name: thing.name } : [],
    ),
  };
}

/** Reads what was kept, perhaps by another version: what makes no sense is left out and counted. */
export function readLedger(value: unknown): {
  readonly things: readonly MadeThing[];
  readonly unreadable: number;
} {
  if (value === undefined) return { things: [], unreadable: 0 };
  if (!isRecord(value) || value['version'] !== 1) return { things: [], unreadable: 1 };
  let unreadable = 0;
  const each = (list: unknown, read: (entry: Fields) => MadeThing[] | undefined): MadeThing[] => {
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
  const things = [
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
  return { things: addThings([], things).things, unreadable };
}

type Fields = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';
