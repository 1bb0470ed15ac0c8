import { counted, formatCount } from '../base/numbers';
import {
  type DiscoveredResource,
  type CleanUpFindings,
  type DiscoveredAuthority,
  type DiscoveredDevice,
  type DiscoveredGroup,
  type DiscoveredHub,
} from './discoveredResources';
import { azureHubId } from './azureDirectory';
import { groupDetail, hubDetail, locationText, sectionOf } from './cleanUpTexts';
import { hubIdOf } from './trackedResources';

/** One thing that can be ticked: what was found, or the many devices of a hub. */
export interface CleanUpRow {
  readonly id: string;
  /** Under which heading. */
  readonly section: string;
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
  /** Ids of the rows that it goes with: its hub, its resource group. */
  readonly within: readonly string[];
  readonly isPreselected: boolean;
  /** One find, or the devices of one hub. */
  readonly finds: readonly DiscoveredResource[];
  readonly costs: boolean;
}

/** More devices of a hub than this are one row. */
export const maxDeviceRows = 20;

/**
 * What can be cleaned up, what costs money first. Ticked is what was made here and holds nothing else, and what is
 * on the local hub. Not ticked is what someone may miss: what holds things that were not made here, what is on a
 * hub that was there before, and keys, which cannot be had back.
 */
export function cleanUpPlan({ found }: Pick<CleanUpFindings, 'found'>): readonly CleanUpRow[] {
  const hubIds = new Set(of(found, 'hub').map(({ created }) => hubIdOf(created)));
  const groups = of(found, 'resourceGroup').map((find) => groupRow(find, hubIds));
  const hubs = of(found, 'hub').map((find) => hubRow(find, groups));
  const onHubs = [...deviceRows(of(found, 'device')), ...of(found, 'hubCertificate').map(certificateRow)].map(
    (row) => withContainers(row, hubs, groups),
  );
  const authorities = of(found, 'authority').map(authorityRow);
  const rows = [...groups, ...hubs, ...onHubs, ...authorities];
  const wished = new Set(rows.filter(({ isPreselected }) => isPreselected).map(({ id }) => id));
  const ticked = settleTicks(rows, wished, wished);
  return inOrder(rows.map((row) => ({ ...row, isPreselected: ticked.has(row.id) })));
}

function groupRow(find: DiscoveredGroup, hubIds: ReadonlySet<string>): CleanUpRow {
  const { created, resources, foreign, paidHubs } = find;
  // What else is in it may cost money too; that is not known here.
  const costs = paidHubs.length > 0;
  return {
    id: `group/${created.subscriptionId}/${created.name}`.toLowerCase(),
    section: sectionOf(find.subscription),
    icon: 'folder',
    label: created.name,
    description: [
      'resource group',
      ...(costs ? ['costs money'] : foreign.length > 0 ? ['may cost money'] : []),
      resources.length === 0 ? 'empty' : counted(resources.length, 'resource'),
    ].join(' · '),
    detail: groupDetail(find),
    within: [],
    // A hub that could not be looked at is a reason to leave its group alone.
    isPreselected: resources.every((resource) => hubIds.has(azureHubId(resource))),
    finds: [find],
    costs,
  };
}

function hubRow(find: DiscoveredHub, groups: readonly CleanUpRow[]): CleanUpRow {
  const { created, hub, devices } = find;
  const isFree = hub.sku.tier === 'Free';
  const group = `group/${created.subscriptionId}/${created.resourceGroup}`.toLowerCase();
  return {
    id: hubIdOf(created),
    section: sectionOf(find.subscription),
    icon: 'cloud',
    label: hub.name,
    description: [
      'hub',
      hub.sku.units === 1 ? hub.sku.name : `${hub.sku.name} × ${hub.sku.units}`,
      isFree ? 'free' : 'costs money',
      ...(groups.some(({ id }) => id === group) ? [`in ${created.resourceGroup}`] : []),
    ].join(' · '),
    detail: hubDetail(find),
    within: groups.filter(({ id }) => id === group).map(({ id }) => id),
    isPreselected: devices?.foreign === 0 && !devices.isMore,
    finds: [find],
    costs: !isFree,
  };
}

function deviceRows(finds: readonly DiscoveredDevice[]): CleanUpRow[] {
  const hubs = [...new Set(finds.map(({ location }) => location.hubId))];
  return hubs.flatMap((hubId): CleanUpRow[] => {
    const devices = finds.filter(({ location }) => location.hubId === hubId);
    const [first] = devices;
    if (!first) return [];
    const { location } = first;
    const base = {
      section: locationText(location),
      within: [],
      isPreselected: location.isLocal,
      costs: false,
    };
    if (devices.length <= maxDeviceRows) {
      return devices.map((find) => ({
        ...base,
        id: `device/${hubId}/${find.created.deviceId}`,
        icon: 'vm',
        label: find.created.deviceId,
        description: `device on ${location.hubName}`,
        finds: [find],
      }));
    }
    const unsure = devices.filter(({ isUnsure }) => isUnsure).length;
    return [
      {
        ...base,
        id: `devices/${hubId}`,
        icon: 'circuit-board',
        label: counted(devices.length, 'device'),
        description: `on ${location.hubName}`,
        detail: [
          `From ${first.created.deviceId} to ${devices.at(-1)?.created.deviceId ?? ''}: those that were registered from this VS Code.`,
          ...(unsure > 0 ? [`${counted(unsure, 'device')} of them may be gone already.`] : []),
        ].join(' '),
        finds: devices,
      },
    ];
  });
}

const certificateRow = (find: Extract<DiscoveredResource, { kind: 'hubCertificate' }>): CleanUpRow => ({
  id: `certificate/${find.location.hubId}/${find.created.name}`,
  section: locationText(find.location),
  icon: find.isVerified ? 'verified' : 'unverified',
  label: find.created.name,
  description: `certificate on ${find.location.hubName} · ${find.isVerified ? 'verified' : 'not verified'}`,
  ...(find.isVerified ? { detail: 'Devices whose certificates it signed can no longer log in.' } : {}),
  within: [],
  isPreselected: find.location.isLocal,
  finds: [find],
  costs: false,
});

const authorityRow = (find: DiscoveredAuthority): CleanUpRow => ({
  id: `authority/${find.created.authorityId}`,
  section: 'This computer',
  icon: find.hasKey ? 'key' : 'shield',
  label: find.name,
  description: [
    'certificate authority',
    ...(find.hasKey ? ['local key'] : []),
    ...(find.issued ? [`${formatCount(find.issued)} issued`] : []),
  ].join(' · '),
  detail: `${find.hasKey ? 'Its key cannot be had back; c' : 'C'}ertificates that it signed stay valid.`,
  within: [],
  isPreselected: false,
  finds: [find],
  costs: false,
});

/** What is on a hub goes with it, and with its group: by id, or by host name for a hub by connection string. */
function withContainers(
  row: CleanUpRow,
  hubs: readonly CleanUpRow[],
  groups: readonly CleanUpRow[],
): CleanUpRow {
  const [find] = row.finds;
  if (!find || !('location' in find)) return row;
  const { hubId, hostName } = find.location;
  const hub = hubs.find(
    ({ id, finds: [own] }) =>
      id === hubId ||
      (own?.kind === 'hub' && own.hub.hostName.toLowerCase() === hostName && !find.location.isLocal),
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

/** By heading; the heading that costs money first, this computer last. In it: groups, hubs, what is on them. */
function inOrder(rows: readonly CleanUpRow[]): readonly CleanUpRow[] {
  const costly = new Set(rows.filter(({ costs }) => costs).map(({ section }) => section));
  const sections = [...new Set(rows.map(({ section }) => section))];
  const rank = (row: CleanUpRow) =>
    row.finds[0]?.kind === 'authority' ? 2 : costly.has(row.section) ? 0 : 1;
  const kinds: readonly DiscoveredResource['kind'][] = [
    'resourceGroup',
    'hub',
    'device',
    'hubCertificate',
    'authority',
  ];
  const kind = (row: CleanUpRow) => kinds.indexOf(row.finds[0]?.kind ?? 'authority');
  return rows.toSorted(
    (one, other) =>
      rank(one) - rank(other) ||
      sections.indexOf(one.section) - sections.indexOf(other.section) ||
      kind(one) - kind(other) ||
      Number(other.costs) - Number(one.costs),
  );
}

/**
 * What is ticked after the person changed it: ticking a hub or a group ticks all in it, and unticking something
 * unticks what it would go with, and what is in it. So nothing is deleted that is not ticked.
 */
export function settleTicks(
  rows: readonly CleanUpRow[],
  before: ReadonlySet<string>,
  now: ReadonlySet<string>,
): ReadonlySet<string> {
  const settled = new Set(now);
  for (const { id, within } of rows) {
    if (within.some((above) => now.has(above) && !before.has(above))) settled.add(id);
  }
  for (const { id, within } of rows) {
    // Was in it, and its container is not ticked any more.
    if (within.some((above) => before.has(above) && !now.has(above)) && before.has(id)) settled.delete(id);
  }
  for (const { id, within } of rows) {
    if (!settled.has(id)) for (const above of within) settled.delete(above);
  }
  return settled;
}

/** Those that have to be deleted themselves: what goes with a ticked hub or group is left to it. */
export function selectionOf(
  rows: readonly CleanUpRow[],
  ticked: ReadonlySet<string>,
): { readonly direct: readonly CleanUpRow[]; readonly covered: readonly CleanUpRow[] } {
  const chosen = rows.filter(({ id }) => ticked.has(id));
  const isCovered = (row: CleanUpRow) => row.within.some((above) => ticked.has(above));
  return { direct: chosen.filter((row) => !isCovered(row)), covered: chosen.filter(isCovered) };
}

const of = <K extends DiscoveredResource['kind']>(finds: readonly DiscoveredResource[], kind: K) =>
  finds.filter((find): find is Extract<DiscoveredResource, { kind: K }> => find.kind === kind);
