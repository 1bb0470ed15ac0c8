import { compareText } from '../base/sorting';
import { type HubProvider, type Region } from './resources';
import { distanceTo, type ApproximateLocation } from './approximateLocation';

export type RegionRank = 'lastUsed' | 'ofGroup' | 'nearest' | 'other';

export interface RankedRegion {
  readonly region: Region;
  readonly rank: RegionRank;
}

export interface RegionWishes {
  /** Name of the region of the last hub that was made. */
  readonly lastUsed?: string;
  /** Name of the region of the resource group. */
  readonly ofGroup?: string;
  readonly here: ApproximateLocation;
}

/** How many regions are marked as near: a time zone cannot tell them apart. */
const nearestCount = 3;

/** Region names are compared in this form everywhere: `West Europe` is `westeurope`. */
export const regionName = (text: string) => text.replace(/\s+/g, '').toLowerCase();

/** Regions of the subscription where the provider offers hubs; the provider lists display names. */
export function regionsWithHubs(
  regions: readonly Region[],
  provider: Pick<HubProvider, 'regions'>,
): readonly Region[] {
  const offered = new Set(provider.regions.map(regionName));
  return regions.filter(
    ({ name, displayName }) => offered.has(regionName(displayName)) || offered.has(regionName(name)),
  );
}

/** The last used one first, then the resource group's, then the nearest, then the others by name. */
export function rankRegions(regions: readonly Region[], wishes: RegionWishes): readonly RankedRegion[] {
  const left = new Map(regions.map((region) => [regionName(region.name), region]));
  const ranked: RankedRegion[] = [];
  const take = (name: string | undefined, rank: RegionRank) => {
    const region = name === undefined ? undefined : left.get(regionName(name));
    if (!region) return;
    left.delete(regionName(region.name));
    ranked.push({ region, rank });
  };
  take(wishes.lastUsed, 'lastUsed');
  take(wishes.ofGroup, 'ofGroup');
  const near = [...left.values()]
    .map((region) => ({ region, distance: distanceTo(region, wishes.here) }))
    .filter((entry): entry is { region: Region; distance: number } => entry.distance !== undefined)
    .sort((one, other) => one.distance - other.distance || byName(one.region, other.region));
  for (const { region } of near.slice(0, nearestCount)) take(region.name, 'nearest');
  for (const region of [...left.values()].sort(byName)) take(region.name, 'other');
  return ranked;
}

export function displayNameOf(name: string, regions: readonly Region[]): string {
  return regions.find((region) => regionName(region.name) === regionName(name))?.displayName ?? name;
}

const byName = (one: Region, other: Region) => compareText(one.displayName, other.displayName);
