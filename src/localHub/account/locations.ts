/** An Azure region. */
export interface HubLocation {
  readonly name: string;
  readonly displayName: string;
  /** Whether hubs are available in the region. */
  readonly offersHubs: boolean;
  /** The region is at capacity: hubs are accepted, and their activation fails. */
  readonly isFull?: boolean;
}

/** A made-up region, which ARM lists. */
export interface LocalLocation extends HubLocation {
  readonly latitude: number;
  readonly longitude: number;
}

export const ownLocation = 'local';

export const locations: readonly LocalLocation[] = [
  { name: ownLocation, displayName: 'Local', latitude: 0, longitude: 0, offersHubs: true },
  { name: 'eastlocal', displayName: 'East Local', latitude: 0, longitude: 90, offersHubs: true },
  { name: 'westlocal', displayName: 'West Local', latitude: 0, longitude: -90, offersHubs: true },
  { name: 'northlocal', displayName: 'North Local', latitude: 80, longitude: 0, offersHubs: true },
  { name: 'nohubslocal', displayName: 'No Hubs Local', latitude: -80, longitude: 0, offersHubs: false },
  {
    name: 'nocapacitylocal',
    displayName: 'No Capacity Local',
    latitude: -80,
    longitude: 180,
    offersHubs: true,
    isFull: true,
  },
];

const publicRegions = [
  ...['East US', 'East US 2', 'East US 2 EUAP', 'Central US', 'Central US EUAP', 'North Central US'],
  ...['South Central US', 'West Central US', 'West US', 'West US 2', 'West US 3'],
  ...['Canada Central', 'Canada East', 'Mexico Central', 'Brazil South', 'Brazil Southeast', 'Chile Central'],
  ...['North Europe', 'West Europe', 'UK South', 'UK West', 'France Central', 'France South'],
  ...[
    'Germany North',
    'Germany West Central',
    'Norway East',
    'Norway West',
    'Sweden Central',
    'Sweden South',
  ],
  ...['Switzerland North', 'Switzerland West', 'Austria East', 'Belgium Central', 'Denmark East'],
  ...['Italy North', 'Poland Central', 'Spain Central', 'Israel Central', 'Qatar Central'],
  ...['UAE Central', 'UAE North', 'South Africa North', 'South Africa West'],
  ...['Central India', 'South India', 'West India', 'Jio India Central', 'Jio India West'],
  ...[
    'East Asia',
    'Southeast Asia',
    'Indonesia Central',
    'Malaysia West',
    'Taiwan North',
    'Taiwan Northwest',
  ],
  ...['Japan East', 'Japan West', 'Korea Central', 'Korea South'],
  ...['Australia Central', 'Australia Central 2', 'Australia East', 'Australia Southeast'],
  ...['New Zealand North'],
];

const nameOf = (text: string): string => text.toLowerCase().replaceAll(' ', '');

/**
 * Regions of the public cloud, which are accepted so that tutorials run unmodified. ARM does not list them.
 * @see https://learn.microsoft.com/azure/reliability/regions-list
 */
const publicLocations: readonly HubLocation[] = publicRegions.map((displayName) => ({
  name: nameOf(displayName),
  displayName,
  offersHubs: true,
}));

/** By name or display name: ARM accepts both. */
export const findLocation = (text: string): HubLocation | undefined =>
  [...locations, ...publicLocations].find(({ name }) => name === nameOf(text));

/** Whether two texts name the same region. */
export const isSameLocation = (a: string, b: string): boolean => nameOf(a) === nameOf(b);
