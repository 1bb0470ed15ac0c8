import * as l10n from '@vscode/l10n';
import { type CleanUpRow, type CleanUpSection } from '../../../core/azure/cleanUpPlan';
import {
  type DiscoveredAuthority,
  type DiscoveredCertificate,
  type DiscoveredDevice,
  type DiscoveredGroup,
  type DiscoveredHub,
} from '../../../core/azure/discoveredResources';
import { type AzureSubscription, type Resource } from '../../../core/azure/resources';
import { shortList } from '../../../core/base/lists';
import { formatCount } from '../../../core/base/numbers';

const maxNamed = 5;

/** How a row of Clean Up is shown. */
export interface RowText {
  /** Name of a codicon. */
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
  /** Name of a codicon before the detail. */
  readonly detailIcon?: string;
}

type Detail = Pick<RowText, 'detail' | 'detailIcon'>;

const warning = (detail: string): Detail => ({ detail, detailIcon: 'warning' });

/** Heading above the rows of a section. */
export function sectionText(section: CleanUpSection): string {
  switch (section.kind) {
    case 'subscription':
      return subscriptionText(section.subscription);
    case 'hub':
      return section.hubName;
    case 'thisComputer':
      return l10n.t('This computer');
  }
}

export function rowText(row: CleanUpRow): RowText {
  const [first] = row.resources;
  switch (first?.kind) {
    case 'resourceGroup':
      return groupText(first);
    case 'hub':
      return hubText(first, row.within.length > 0);
    case 'device':
      return row.resources.length === 1
        ? deviceText(first)
        : devicesText(row.resources.filter((one) => one.kind === 'device'));
    case 'hubCertificate':
      return certificateText(first);
    case 'authority':
      return authorityText(first);
    case undefined:
      throw new Error('A row of Clean Up has at least one resource.');
  }
}

const subscriptionText = ({ name, account }: AzureSubscription) => `${name} · ${account.label}`;
const joined = (...parts: readonly string[]) => parts.filter(Boolean).join(' · ');

function groupText(group: DiscoveredGroup): RowText {
  const { created, resources, foreign, paidHubs } = group;
  const count = resources.length;
  return {
    icon: 'folder',
    label: created.name,
    description: joined(
      l10n.t('resource group'),
      paidHubs.length > 0 ? l10n.t('billed') : foreign.length > 0 ? l10n.t('may be billed') : '',
      count === 0
        ? l10n.t('empty')
        : count === 1
          ? l10n.t('1 resource')
          : l10n.t('{0} resources', formatCount(count)),
    ),
    ...groupDetail(group),
  };
}

/** A detail is cut off at the end of its line, so the important part comes first. */
function groupDetail({ resources, foreign }: DiscoveredGroup): Detail {
  if (foreign.length > 0) {
    const names = shortList(foreign.map(shortText), maxNamed);
    return warning(l10n.t('Also contains resources not created here: {0}', names));
  }
  return {
    detail:
      resources.length === 0
        ? l10n.t('The resource group is empty.')
        : l10n.t(
            'Everything in it is deleted: {0}',
            shortList(
              resources.map(({ name }) => name),
              maxNamed,
            ),
          ),
  };
}

function hubText(discovered: DiscoveredHub, isInGroup: boolean): RowText {
  const { created, hub } = discovered;
  const { name, units, tier } = hub.sku;
  return {
    icon: 'cloud',
    label: hub.name,
    description: joined(
      l10n.t('hub'),
      units === 1 ? name : `${name} × ${units}`,
      tier === 'Free' ? l10n.t('free') : l10n.t('billed'),
      isInGroup ? l10n.t('in {0}', created.resourceGroup) : '',
    ),
    ...hubDetail(discovered),
  };
}

function hubDetail({ devices }: DiscoveredHub): Detail {
  if (!devices) return warning(l10n.t('Its devices could not be read. They are deleted with the hub.'));
  const { count, isMore, foreign } = devices;
  if (foreign > 0) return warning(foreignDevicesText(foreign, isMore));
  if (isMore) return warning(l10n.t('It has more than {0} devices.', formatCount(count)));
  return {
    detail:
      count === 0
        ? l10n.t('It has no devices.')
        : count === 1
          ? l10n.t('It has 1 device, registered here.')
          : l10n.t('It has {0} devices, registered here.', formatCount(count)),
  };
}

function foreignDevicesText(count: number, isMore: boolean): string {
  if (isMore)
    return count === 1
      ? l10n.t('At least 1 of its devices was not registered here.')
      : l10n.t('At least {0} of its devices were not registered here.', formatCount(count));
  return count === 1
    ? l10n.t('1 of its devices was not registered here.')
    : l10n.t('{0} of its devices were not registered here.', formatCount(count));
}

const deviceText = ({ created, location }: DiscoveredDevice): RowText => ({
  icon: 'vm',
  label: created.deviceId,
  description: l10n.t('device on {0}', location.hubName),
});

function devicesText(devices: readonly DiscoveredDevice[]): RowText {
  const unsure = devices.filter(({ isUnsure }) => isUnsure).length;
  return {
    icon: 'circuit-board',
    label: l10n.t('{0} devices', formatCount(devices.length)),
    description: l10n.t('on {0}', devices[0]?.location.hubName ?? ''),
    detail: [
      l10n.t(
        'From {0} to {1}: the devices registered on this computer.',
        devices[0]?.created.deviceId ?? '',
        devices.at(-1)?.created.deviceId ?? '',
      ),
      ...(unsure === 1 ? [l10n.t('1 of them may no longer exist.')] : []),
      ...(unsure > 1 ? [l10n.t('{0} of them may no longer exist.', formatCount(unsure))] : []),
    ].join(' '),
  };
}

const certificateText = ({ created, location, isVerified }: DiscoveredCertificate): RowText => ({
  icon: isVerified ? 'verified' : 'unverified',
  label: created.name,
  description: joined(
    l10n.t('certificate on {0}', location.hubName),
    isVerified ? l10n.t('verified') : l10n.t('not verified'),
  ),
  ...(isVerified
    ? { detail: l10n.t('Devices with certificates signed by it will no longer be able to authenticate.') }
    : {}),
});

const authorityText = ({ name, hasKey, issued }: DiscoveredAuthority): RowText => ({
  icon: hasKey ? 'key' : 'shield',
  label: name,
  description: joined(
    l10n.t('certificate authority'),
    hasKey ? l10n.t('private key on this computer') : '',
    issued > 0 ? l10n.t('{0} issued', formatCount(issued)) : '',
  ),
  detail: hasKey
    ? l10n.t('Its key cannot be recovered. Certificates signed by it remain valid.')
    : l10n.t('Certificates signed by it remain valid.'),
});

/** `storage1 (storageAccounts)`, `pumps (hub)` */
const shortText = ({ name, type }: Resource) =>
  `${name} (${/\/iothubs$/i.test(type) ? l10n.t('hub') : (type.split('/').at(-1) ?? type)})`;
