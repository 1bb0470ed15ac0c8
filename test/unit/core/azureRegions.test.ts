import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayNameOf, rankRegions, regionsWithHubs } from '../../../src/core/azure/regions';
import { type Region } from '../../../src/core/azure/resources';
import {
  distanceTo,
  approximateLocationHere,
  approximateLocationOf,
} from '../../../src/core/azure/approximateLocation';

const region = (displayName: string, geography: string, latitude: number, longitude: number): Region => ({
  name: displayName.replaceAll(' ', '').toLowerCase(),
  displayName,
  geography,
  latitude,
  longitude,
});
const westEurope = region('West Europe', 'Europe', 52.4, 4.9);
const germany = region('Germany West Central', 'Europe', 50.1, 8.7);
const norway = region('Norway East', 'Europe', 59.9, 10.8);
const poland = region('Poland Central', 'Europe', 52.2, 21.0);
const eastUs = region('East US', 'US', 37.4, -79.8);
const canada = region('Canada Central', 'Canada', 43.7, -79.4);
const westUs = region('West US 2', 'US', 47.2, -119.9);
const chile = region('Chile Central', 'South America', -33.4, -70.7);
const brazil = region('Brazil South', 'South America', -23.6, -46.6);
const southAfrica = region('South Africa North', 'Africa', -25.7, 28.2);
const australia = region('Australia East', 'Asia Pacific', -33.9, 151.2);
const japan = region('Japan East', 'Asia Pacific', 35.7, 139.8);
const all = [
  australia,
  brazil,
  canada,
  chile,
  eastUs,
  germany,
  japan,
  norway,
  poland,
  southAfrica,
  westEurope,
  westUs,
];

const berlin = approximateLocationOf('Europe/Berlin', 60, 120);
const names = (wishes: Parameters<typeof rankRegions>[1]) =>
  rankRegions(all, wishes).map(({ region: { displayName } }) => displayName);

describe('The approximate location', () => {
  it.each([
    ['Europe/Berlin', 60, 120, { longitude: 15, hemisphere: 'north', area: 'Europe' }],
    ['America/Sao_Paulo', -180, -180, { longitude: -45, area: 'America' }],
    ['Australia/Sydney', 660, 600, { longitude: 150, hemisphere: 'south', area: 'Australia' }],
    ['UTC', 0, 0, { longitude: 0 }],
    ['Etc/GMT+5', -300, -300, { longitude: -75 }],
    [undefined, 330, 330, { longitude: 82.5 }],
  ])('is estimated from %s', (zone, january, july, here) => {
    expect(approximateLocationOf(zone, january, july)).toEqual(here);
  });

  it('is on Earth, also for this computer', () => {
    expect(Math.abs(approximateLocationHere().longitude)).toBeLessThanOrEqual(225);
  });

  it('has a bounded distance to every region', () => {
    const place = fc.double({ min: -180, max: 180, noNaN: true });
    fc.assert(
      fc.property(place, place, (longitude, own) => {
        const distance = distanceTo({ ...eastUs, longitude }, { longitude: own });
        return distance !== undefined && distance >= 0 && distance <= 180;
      }),
    );
    // Close, although across the date line.
    expect(distanceTo({ ...eastUs, longitude: -175 }, { longitude: 175 })).toBe(10);
    expect(distanceTo({ name: 'x', displayName: 'X' }, berlin)).toBeUndefined();
  });
});

describe('Regions', () => {
  it('are sorted: last used, that of the group, nearest, then by name', () => {
    const order = names({ here: berlin, lastUsed: 'japaneast', ofGroup: 'westus2' });
    expect(order.slice(0, 2)).toEqual(['Japan East', 'West US 2']);
    expect(order.slice(2, 5).sort()).toEqual(['Germany West Central', 'Norway East', 'Poland Central']);
    const others = order.slice(5);
    expect(others).toEqual(others.toSorted((one, other) => one.localeCompare(other)));
    expect(order).toHaveLength(all.length);
  });

  it('list the last used region once if it is also that of the group', () => {
    const ranked = rankRegions(all, { here: berlin, lastUsed: 'eastus', ofGroup: 'EastUS' });
    expect(ranked[0]).toMatchObject({ region: eastUs, rank: 'lastUsed' });
    expect(ranked.filter(({ rank }) => rank === 'ofGroup')).toEqual([]);
  });

  it('near New York, Sydney and São Paulo are the regions of that country or its neighbor', () => {
    const newYork = names({ here: approximateLocationOf('America/New_York', -300, -240) });
    expect(newYork.slice(0, 2).sort()).toEqual(['Canada Central', 'East US']);
    expect(names({ here: approximateLocationOf('Australia/Sydney', 660, 600) })[0]).toBe('Australia East');
    expect(names({ here: approximateLocationOf('America/Sao_Paulo', -180, -180) })[0]).toBe('Brazil South');
  });

  it('are those that the provider offers by display name', () => {
    const offered = regionsWithHubs(all, { regions: ['West Europe', 'east us', 'Brazil  South', 'Nowhere'] });
    expect(offered).toEqual([brazil, eastUs, westEurope]);
    expect(regionsWithHubs(all, { regions: [] })).toEqual([]);
  });

  it('are listed without distances if the cloud returns no coordinates', () => {
    const bare = all.map(({ name, displayName }) => ({ name, displayName }));
    const ranked = rankRegions(bare, { here: berlin });
    expect(ranked.every(({ rank }) => rank === 'other')).toBe(true);
    expect(ranked[0]?.region.displayName).toBe('Australia East');
  });

  it('are shown by display name, or by name if there is none', () => {
    expect(displayNameOf('westeurope', all)).toBe('West Europe');
    expect(displayNameOf('global', all)).toBe('global');
  });
});
