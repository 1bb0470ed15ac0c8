/** A made-up Azure region. */
export interface LocalLocation {
  readonly name: string;
  readonly displayName: string;
  readonly latitude: number;
  readonly longitude: number;
  /** Whether hubs are available in the region. */
  readonly offersHubs: boolean;
  /** The region is at capacity: hubs are accepted, and their activation fails. */
  readonly isFull?: boolean;
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

/** By name or display name: ARM accepts both. */
export const findLocation = (text: string): LocalLocation | undefined =>
  locations.find(({ name }) => name === text.toLowerCase().replaceAll(' ', ''));
