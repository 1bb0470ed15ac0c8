import { azureHubId, subscriptionKey } from './azureDirectory';
import {
  resourcesOfType,
  type CleanUpFindings,
  type DiscoveredAuthority,
  type DiscoveredCertificate,
  type DiscoveredDevice,
  type DiscoveredGroup,
  type DiscoveredHub,
  type DiscoveredResource,
  type HubLocation,
} from './discoveredResources';
import { type AzureSubscription } from './resources';
import { hubIdOf } from './trackedResources';

/** What the rows below a heading have in common. */
export type CleanUpSection =
  | { readonly kind: 'subscription'; readonly subscription: AzureSubscription }
  /** A hub that is not in a known subscription. */
  | { readonly kind: 'hub'; readonly hubId: string; readonly hubName: string }
  | { readonly kind: 'thisComputer' };

/** A selectable row: one resource, or the many devices of a hub. */
export interface CleanUpRow {
  readonly id: string;
  readonly section: CleanUpSection;
  /** Ids of the rows whose deletion includes it: its hub, its resource group. */
  readonly within: readonly string[];
  readonly isPreselected: boolean;
  /** One resource, or the devices of one hub. */
  readonly resources: readonly DiscoveredResource[];
  readonly isBilled: boolean;
}

/** More devices of a hub than this are one row. */
export const maxDeviceRows = 20;

/**
 * What can be cleaned up, billed resources first. Preselected is what was created here and contains nothing else, and
 * what is on the local hub. Not preselected is what someone may miss: what contains resources that were not created
 * here, what is on a hub that existed before, and keys, which cannot be recovered.
 */
export function cleanUpPlan({ found }: Pick<CleanUpFindings, 'found'>): readonly CleanUpRow[] {
  const hubIds = new Set(resourcesOfType(found, 'hub').map(({ created }) => hubIdOf(created)));
  const groups = resourcesOfType(found, 'resourceGroup').map((group) => groupRow(group, hubIds));
  const hubs = resourcesOfType(found, 'hub').map((hub) => hubRow(hub, groups));
  const onHubs = [
    ...deviceRows(resourcesOfType(found, 'device')),
    ...resourcesOfType(found, 'hubCertificate').map(certificateRow),
  ].map((row) => withContainers(row, hubs, groups));
  const authorities = resourcesOfType(found, 'authority').map(authorityRow);
  const rows = [...groups, ...hubs, ...onHubs, ...authorities];
  const wished = new Set(rows.filter(({ isPreselected }) => isPreselected).map(({ id }) => id));
  const selected = resolveSelection(rows, wished, wished);
  return inOrder(rows.map((row) => ({ ...row, isPreselected: selected.has(row.id) })));
}

const groupRow = (group: DiscoveredGroup, hubIds: ReadonlySet<string>): CleanUpRow => ({
  id: `group/${group.created.subscriptionId}/${group.created.name}`.toLowerCase(),
  section: { kind: 'subscription', subscription: group.subscription },
  within: [],
  // A hub that could not be read is a reason to keep its group.
  isPreselected: group.resources.every((resource) => hubIds.has(azureHubId(resource))),
  resources: [group],
  // Other resources in it may be billed too; that is not known here.
  isBilled: group.paidHubs.length > 0,
});

function hubRow(discovered: DiscoveredHub, groups: readonly CleanUpRow[]): CleanUpRow {
  const { created, hub, devices, subscription } = discovered;
  const group = `group/${created.subscriptionId}/${created.resourceGroup}`.toLowerCase();
  return {
    id: hubIdOf(created),
    section: { kind: 'subscription', subscription },
    within: groups.filter(({ id }) => id === group).map(({ id }) => id),
    isPreselected: devices?.foreign === 0 && !devices.isMore,
    resources: [discovered],
    isBilled: hub.sku.tier !== 'Free',
  };
}

const sectionOf = ({ subscription, hubId, hubName }: HubLocation): CleanUpSection =>
  subscription ? { kind: 'subscription', subscription } : { kind: 'hub', hubId, hubName };

function deviceRows(discovered: readonly DiscoveredDevice[]): CleanUpRow[] {
  const hubs = [...new Set(discovered.map(({ location }) => location.hubId))];
  return hubs.flatMap((hubId): CleanUpRow[] => {
    const devices = discovered.filter(({ location }) => location.hubId === hubId);
    const [first] = devices;
    if (!first) return [];
    const base = {
      section: sectionOf(first.location),
      within: [],
      isPreselected: first.location.isLocal,
      isBilled: false,
    };
    return devices.length <= maxDeviceRows
      ? devices.map((device) => ({
          ...base,
          id: `device/${hubId}/${device.created.deviceId}`,
          resources: [device],
        }))
      : [{ ...base, id: `devices/${hubId}`, resources: devices }];
  });
}

const certificateRow = (certificate: DiscoveredCertificate): CleanUpRow => ({
  id: `certificate/${certificate.location.hubId}/${certificate.created.name}`,
  section: sectionOf(certificate.location),
  within: [],
  isPreselected: certificate.location.isLocal,
  resources: [certificate],
  isBilled: false,
});

const authorityRow = (authority: DiscoveredAuthority): CleanUpRow => ({
  id: `authority/${authority.created.authorityId}`,
  section: { kind: 'thisComputer' },
  within: [],
  isPreselected: false,
  resources: [authority],
  isBilled: false,
});

/** Deleting a hub or its group deletes what is on it: by id, or by host name for a hub by connection string. */
function withContainers(
  row: CleanUpRow,
  hubs: readonly CleanUpRow[],
  groups: readonly CleanUpRow[],
): CleanUpRow {
  const [resource] = row.resources;
  if (!resource || !('location' in resource)) return row;
  const { hubId, hostName } = resource.location;
  const hub = hubs.find(
    ({ id, resources: [own] }) =>
      id === hubId ||
      (own?.kind === 'hub' && own.hub.hostName.toLowerCase() === hostName && !resource.location.isLocal),
  );
  const group = groups.find(({ id }) =>
    hubId.startsWith(`azure:${id.replace(/^group\/([^/]+)\//, '/subscriptions/$1/resourcegroups/')}/`),
  );
  const within = [...new Set([...(hub ? [hub.id, ...hub.within] : []), ...(group ? [group.id] : [])])];
  return within.length === 0
    ? row
    : {
        ...row,
        ...(hub ? { section: hub.section, isPreselected: hub.isPreselected } : {}),
        within,
      };
}

/** Equal for rows below the same heading: two accounts may see one subscription. */
export function sectionKey(section: CleanUpSection): string {
  switch (section.kind) {
    case 'subscription':
      return subscriptionKey(section.subscription);
    case 'hub':
      return section.hubId;
    case 'thisComputer':
      return 'thisComputer';
  }
}

/** By section; sections with billed resources first, this computer last. In each: groups, hubs, what is on them. */
function inOrder(rows: readonly CleanUpRow[]): readonly CleanUpRow[] {
  const billed = new Set(rows.filter(({ isBilled }) => isBilled).map(({ section }) => sectionKey(section)));
  const sections = [...new Set(rows.map(({ section }) => sectionKey(section)))];
  const rank = (row: CleanUpRow) =>
    row.section.kind === 'thisComputer' ? 2 : billed.has(sectionKey(row.section)) ? 0 : 1;
  const kinds: readonly DiscoveredResource['kind'][] = [
    'resourceGroup',
    'hub',
    'device',
    'hubCertificate',
    'authority',
  ];
  const kind = (row: CleanUpRow) => kinds.indexOf(row.resources[0]?.kind ?? 'authority');
  return rows.toSorted(
    (one, other) =>
      rank(one) - rank(other) ||
      sections.indexOf(sectionKey(one.section)) - sections.indexOf(sectionKey(other.section)) ||
      kind(one) - kind(other) ||
      Number(other.isBilled) - Number(one.isBilled),
  );
}

/**
 * The selection after a change: selecting a hub or a group selects everything in it, and deselecting a row deselects
 * its hub and group, and what is in it. So nothing is deleted that is not selected.
 */
export function resolveSelection(
  rows: readonly CleanUpRow[],
  before: ReadonlySet<string>,
  now: ReadonlySet<string>,
): ReadonlySet<string> {
  const settled = new Set(now);
  for (const { id, within } of rows) {
    if (within.some((above) => now.has(above) && !before.has(above))) settled.add(id);
  }
  for (const { id, within } of rows) {
    // Its container is no longer selected.
    if (within.some((above) => before.has(above) && !now.has(above)) && before.has(id)) settled.delete(id);
  }
  for (const { id, within } of rows) {
    if (!settled.has(id)) for (const above of within) settled.delete(above);
  }
  return settled;
}

/** The rows to delete one by one: what is in a selected hub or group is deleted with it. */
export function selectionOf(
  rows: readonly CleanUpRow[],
  ticked: ReadonlySet<string>,
): { readonly direct: readonly CleanUpRow[]; readonly covered: readonly CleanUpRow[] } {
  const chosen = rows.filter(({ id }) => ticked.has(id));
  const isCovered = (row: CleanUpRow) => row.within.some((above) => ticked.has(above));
  return { direct: chosen.filter((row) => !isCovered(row)), covered: chosen.filter(isCovered) };
}
