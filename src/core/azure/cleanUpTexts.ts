import { shortList } from '../base/lists';
import { counted } from '../base/numbers';
import { type DiscoveredGroup, type DiscoveredHub, type HubLocation } from './discoveredResources';
import { type AzureSubscription, type Resource } from './resources';

const maxNamed = 5;

export const sectionOf = ({ name, account }: AzureSubscription) => `${name} · ${account.label}`;

export const locationText = ({ hubName, subscription }: HubLocation) =>
  subscription ? sectionOf(subscription) : hubName;

/** A line of a list is cut off where it ends, so what matters comes first. */
export function groupDetail({ resources, foreign }: DiscoveredGroup): string {
  if (foreign.length > 0) return `$(warning) Also holds, not made here: ${namesOf(foreign.map(shortText))}`;
  if (resources.length === 0) return 'Nothing is in it.';
  return `Goes with all in it: ${namesOf(resources.map(({ name }) => name))}`;
}

export function hubDetail({ devices }: DiscoveredHub): string {
  if (!devices) return '$(warning) Its devices could not be looked at; they would go with it.';
  const { count, isMore, foreign } = devices;
  if (foreign > 0) {
    return `$(warning) ${isMore ? 'At least ' : ''}${counted(foreign, 'device')} on it ${foreign === 1 ? 'was' : 'were'} not registered here.`;
  }
  if (isMore) return `$(warning) More than ${counted(count, 'device')} are on it.`;
  return count === 0 ? 'No devices are on it.' : `${counted(count, 'device')} on it, registered here.`;
}

/** `storage1 (Microsoft.Storage/storageAccounts)` */
export const resourceText = ({ name, type }: Resource) => `${name} (${type})`;

/** `storage1 (storageAccounts)`, `pumps (hub)` */
const shortText = ({ name, type }: Resource) =>
  `${name} (${/\/iothubs$/i.test(type) ? 'hub' : (type.split('/').at(-1) ?? type)})`;

export const namesOf = (names: readonly string[], max = maxNamed): string => shortList(names, max);
