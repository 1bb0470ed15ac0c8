import { listText } from '../base/lists';
import { azureHubId } from './azureDirectory';
import { hubIdOf } from './trackedResources';
import { counted } from '../base/numbers';
import {
  type DiscoveredResource,
  type DiscoveredAuthority,
  type DiscoveredGroup,
  type DiscoveredHub,
} from './discoveredResources';
import { type CleanUpRow } from './cleanUpPlan';
import { namesOf, resourceText } from './cleanUpTexts';

/** What the person is asked before anything is deleted. */
export interface DeleteConfirmation {
  readonly question: string;
  readonly detail: string;
  /** What has to be typed; absent where a list is enough. */
  readonly typed?: { readonly name: string; readonly prompt: string };
}

const maxNamed = 12;

/**
 * Says exactly what goes. Whoever destroys a group, a hub or a key types the name of the weightiest of them: a number
 * can be typed without reading, and the name of each would be typed by habit.
 */
export function deleteConfirmation(
  direct: readonly CleanUpRow[],
  covered: readonly CleanUpRow[],
): DeleteConfirmation {
  const finds = direct.flatMap((row) => row.finds);
  const groups = ofKind(finds, 'resourceGroup');
  const hubs = ofKind(finds, 'hub');
  const authorities = ofKind(finds, 'authority');
  const devices = ofKind(finds, 'device');
  const certificates = ofKind(finds, 'hubCertificate');
  const what = [
    ...(groups.length ? [counted(groups.length, 'resource group')] : []),
    ...(hubs.length ? [counted(hubs.length, 'hub')] : []),
    ...(devices.length ? [counted(devices.length, 'device')] : []),
    ...(certificates.length ? [counted(certificates.length, 'hub certificate')] : []),
    ...(authorities.length
      ? [counted(authorities.length, 'certificate authority', 'certificate authorities')]
      : []),
  ];
  const lines = [
    ...groups.map((find) => groupLine(find, covered)),
    ...hubs.map((find) => `${hubText(find, covered)}.`),
    ...byHub(devices, ({ location, created }) => [location.hubName, created.deviceId]).map(
      ([hub, names]) =>
        `${counted(names.length, 'device')} on ${hub}, with keys and twins: ${namesOf(names, maxNamed)}`,
    ),
    ...byHub(certificates, ({ location, created }) => [location.hubName, created.name]).map(
      ([hub, names]) =>
        `${counted(names.length, 'certificate')} on ${hub}: ${namesOf(names, maxNamed)}. Devices whose certificates ${names.length === 1 ? 'it' : 'they'} signed can no longer log in.`,
    ),
    ...authorities.map(authorityLine),
  ];
  const heaviest = weightiest(groups, hubs, authorities);
  return {
    question: `Delete ${listText(what)}?`,
    detail: [...lines, 'This cannot be undone.'].join('\n\n'),
    ...(heaviest === undefined
      ? {}
      : {
          typed: {
            name: heaviest,
            prompt:
              finds.length === 1
                ? `Type ${heaviest} to delete it for good.`
                : `Type ${heaviest} to delete it and the rest of what was listed for good.`,
          },
        }),
  };
}

function groupLine({ created, resources, foreign }: DiscoveredGroup, covered: readonly CleanUpRow[]): string {
  if (resources.length === 0) return `Resource group "${created.name}", which is empty.`;
  const hubs = ofKind(
    covered.flatMap((row) => row.finds),
    'hub',
  ).filter((find) => resources.some(({ id }) => azureHubId({ id }) === hubIdOf(find.created)));
  const others = resources.filter(
    ({ id }) =>
      !foreign.some((one) => one.id === id) &&
      !hubs.some(({ created: hub }) => azureHubId({ id }) === hubIdOf(hub)),
  );
  return [
    `Resource group "${created.name}" with all in it:`,
    ...hubs.map((find) => `• ${hubText(find, covered)}`),
    ...(others.length ? [`• ${namesOf(others.map(resourceText), maxNamed)}`] : []),
    ...(foreign.length
      ? [`• NOT made from this VS Code: ${namesOf(foreign.map(resourceText), maxNamed)}`]
      : []),
  ].join('\n');
}

/** `hub "pumps" (S1), with its 3 devices, its certificates and the messages that it keeps` */
function hubText(find: DiscoveredHub, covered: readonly CleanUpRow[]): string {
  const { hub, devices } = find;
  const hasCertificates = covered.some(
    (row) => row.within.includes(hubIdOf(find.created)) && row.finds[0]?.kind === 'hubCertificate',
  );
  const foreign = devices?.foreign ? `, ${devices.foreign} of them not registered from this VS Code,` : '';
  const all = devices
    ? devices.count === 0
      ? ''
      : `its ${devices.isMore ? 'more than ' : ''}${counted(devices.count, 'device')}${foreign}`
    : 'its devices, which could not be counted,';
  const parts = [all, hasCertificates ? 'its certificates' : '', 'the messages that it keeps'].filter(
    Boolean,
  );
  return `Hub "${hub.name}" (${hub.sku.name}), with ${listText(parts)}`.replaceAll(',,', ',');
}

const authorityLine = ({ name, issued, hasKey }: DiscoveredAuthority) =>
  `Certificate authority "${name}" of this computer${hasKey ? ', with its private key' : ''}${issued ? ` and ${counted(issued, 'device certificate')} with keys` : ''}. ${hasKey ? 'The key cannot be had back. ' : ''}Certificates that it signed stay valid until they expire.`;

/** A group before a hub, a hub before a key; the one that holds more, or costs, before the other. */
function weightiest(
  groups: readonly DiscoveredGroup[],
  hubs: readonly DiscoveredHub[],
  authorities: readonly DiscoveredAuthority[],
): string | undefined {
  const group = groups.toSorted(
    (one, other) =>
      other.foreign.length - one.foreign.length || other.resources.length - one.resources.length,
  )[0];
  const weight = ({ hub, devices }: DiscoveredHub) =>
    (hub.sku.tier === 'Free' ? 0 : 1e9) + (devices ? devices.count : 1e6);
  const hub = hubs.toSorted((one, other) => weight(other) - weight(one))[0];
  const authority = authorities.toSorted((one, other) => other.issued - one.issued)[0];
  return group?.created.name ?? hub?.hub.name ?? authority?.name;
}

function byHub<T>(
  finds: readonly T[],
  read: (find: T) => readonly [hub: string, name: string],
): readonly (readonly [hub: string, names: readonly string[]])[] {
  const places = new Map<string, string[]>();
  for (const find of finds) {
    const [hub, name] = read(find);
    places.set(hub, [...(places.get(hub) ?? []), name]);
  }
  return [...places];
}

const ofKind = <K extends DiscoveredResource['kind']>(finds: readonly DiscoveredResource[], kind: K) =>
  finds.filter((find): find is Extract<DiscoveredResource, { kind: K }> => find.kind === kind);
