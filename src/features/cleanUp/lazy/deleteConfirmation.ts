import * as l10n from '@vscode/l10n';
import { azureHubId } from '../../../core/azure/azureDirectory';
import { type CleanUpRow } from '../../../core/azure/cleanUpPlan';
import {
  resourcesOfType,
  type DiscoveredAuthority,
  type DiscoveredGroup,
  type DiscoveredHub,
} from '../../../core/azure/discoveredResources';
import { type Resource } from '../../../core/azure/resources';
import { hubIdOf } from '../../../core/azure/trackedResources';
import { listText, shortList } from '../../../core/base/lists';
import { formatCount } from '../../../core/base/numbers';

/** What the user confirms before anything is deleted. */
export interface DeleteConfirmation {
  readonly question: string;
  readonly detail: string;
  /** What has to be typed; absent where the list is sufficient. */
  readonly typed?: { readonly name: string; readonly prompt: string };
}

const maxNamed = 12;

/**
 * Lists exactly what is deleted. To delete a group, a hub or a key, the name of the most important of them has to be
 * typed: a number can be typed without reading, and the name of each would be typed by habit.
 */
export function deleteConfirmation(
  direct: readonly CleanUpRow[],
  covered: readonly CleanUpRow[],
): DeleteConfirmation {
  const discovered = direct.flatMap((row) => row.resources);
  const groups = resourcesOfType(discovered, 'resourceGroup');
  const hubs = resourcesOfType(discovered, 'hub');
  const authorities = resourcesOfType(discovered, 'authority');
  const devices = resourcesOfType(discovered, 'device');
  const certificates = resourcesOfType(discovered, 'hubCertificate');
  const counts = [
    countText(groups.length, l10n.t('1 resource group'), (count) => l10n.t('{0} resource groups', count)),
    countText(hubs.length, l10n.t('1 hub'), (count) => l10n.t('{0} hubs', count)),
    countText(devices.length, l10n.t('1 device'), (count) => l10n.t('{0} devices', count)),
    countText(certificates.length, l10n.t('1 hub certificate'), (count) =>
      l10n.t('{0} hub certificates', count),
    ),
    countText(authorities.length, l10n.t('1 certificate authority'), (count) =>
      l10n.t('{0} certificate authorities', count),
    ),
  ].filter(Boolean);
  const paragraphs = [
    ...groups.map((group) => groupText(group, covered)),
    ...hubs.map((hub) => hubText(hub, covered)),
    ...byHub(devices, ({ location, created }) => [location.hubName, created.deviceId]).map(devicesText),
    ...byHub(certificates, ({ location, created }) => [location.hubName, created.name]).map(certificatesText),
    ...authorities.map(authorityText),
  ];
  const name = nameToType(groups, hubs, authorities);
  return {
    question: l10n.t('Delete {0}?', listText(counts)),
    detail: [...paragraphs, l10n.t('This cannot be undone.')].join('\n\n'),
    ...(name === undefined
      ? {}
      : {
          typed: {
            name,
            prompt:
              discovered.length === 1
                ? l10n.t('Type "{0}" to delete it permanently.', name)
                : l10n.t('Type "{0}" to permanently delete it and all other listed resources.', name),
          },
        }),
  };
}

const countText = (count: number, one: string, many: (count: string) => string) =>
  count === 0 ? '' : count === 1 ? one : many(formatCount(count));

function groupText({ created, resources, foreign }: DiscoveredGroup, covered: readonly CleanUpRow[]): string {
  if (resources.length === 0) return l10n.t('Resource group "{0}", which is empty.', created.name);
  const hubs = resourcesOfType(
    covered.flatMap((row) => row.resources),
    'hub',
  ).filter((hub) => resources.some(({ id }) => azureHubId({ id }) === hubIdOf(hub.created)));
  const others = resources.filter(
    ({ id }) =>
      !foreign.some((one) => one.id === id) &&
      !hubs.some(({ created: hub }) => azureHubId({ id }) === hubIdOf(hub)),
  );
  const names = (list: readonly Resource[]) =>
    shortList(
      list.map(({ name, type }) => `${name} (${type})`),
      maxNamed,
    );
  return [
    l10n.t('Resource group "{0}" and everything in it:', created.name),
    ...hubs.map((hub) => `• ${hubText(hub, covered)}`),
    ...(others.length ? [`• ${names(others)}`] : []),
    ...(foreign.length
      ? [`• ${l10n.t('Not created with IoT Hub Workbench on this computer: {0}', names(foreign))}`]
      : []),
  ].join('\n');
}

/** `Hub "pumps" (S1), with 3 devices, certificates and retained messages.` */
function hubText(discovered: DiscoveredHub, covered: readonly CleanUpRow[]): string {
  const { hub, devices, created } = discovered;
  const hasCertificates = covered.some(
    (row) => row.within.includes(hubIdOf(created)) && row.resources[0]?.kind === 'hubCertificate',
  );
  const contents = [
    devicesOnHubText(devices),
    hasCertificates ? l10n.t('certificates') : '',
    l10n.t('retained messages'),
  ].filter(Boolean);
  return l10n.t('Hub "{0}" ({1}), with {2}.', hub.name, hub.sku.name, listText(contents));
}

function devicesOnHubText(devices: DiscoveredHub['devices']): string {
  if (!devices) return l10n.t('devices, whose number is unknown');
  const { count, isMore, foreign } = devices;
  if (count === 0) return '';
  const all = isMore
    ? l10n.t('more than {0} devices', formatCount(count))
    : count === 1
      ? l10n.t('1 device')
      : l10n.t('{0} devices', formatCount(count));
  return foreign === 0 ? all : l10n.t('{0} ({1} not registered on this computer)', all, formatCount(foreign));
}

const devicesText = ([hub, names]: readonly [string, readonly string[]]) =>
  names.length === 1
    ? l10n.t('1 device on {0}, with keys and twin: {1}', hub, names[0] ?? '')
    : l10n.t(
        '{0} devices on {1}, with keys and twins: {2}',
        formatCount(names.length),
        hub,
        shortList(names, maxNamed),
      );

const certificatesText = ([hub, names]: readonly [string, readonly string[]]) =>
  names.length === 1
    ? l10n.t(
        '1 certificate on {0}: {1}. Devices with certificates signed by it will no longer be able to authenticate.',
        hub,
        names[0] ?? '',
      )
    : l10n.t(
        '{0} certificates on {1}: {2}. Devices with certificates signed by them will no longer be able to authenticate.',
        formatCount(names.length),
        hub,
        shortList(names, maxNamed),
      );

function authorityText({ name, issued, hasKey }: DiscoveredAuthority): string {
  const certificates =
    issued === 1
      ? l10n.t('1 device certificate with its key')
      : issued > 1
        ? l10n.t('{0} device certificates with keys', formatCount(issued))
        : '';
  const contents = [hasKey ? l10n.t('private key') : '', certificates].filter(Boolean);
  return [
    contents.length === 0
      ? l10n.t('Certificate authority "{0}" on this computer.', name)
      : l10n.t('Certificate authority "{0}" on this computer, with {1}.', name, listText(contents)),
    ...(hasKey ? [l10n.t('The key cannot be recovered.')] : []),
    l10n.t('Certificates signed by it remain valid until they expire.'),
  ].join(' ');
}

/** A group before a hub, a hub before a key; the one that contains more, or is billed, before the other. */
function nameToType(
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
  discovered: readonly T[],
  read: (resource: T) => readonly [hub: string, name: string],
): readonly (readonly [hub: string, names: readonly string[]])[] {
  const hubs = new Map<string, string[]>();
  for (const resource of discovered) {
    const [hub, name] = read(resource);
    hubs.set(hub, [...(hubs.get(hub) ?? []), name]);
  }
  return [...hubs];
}
