import * as l10n from '@vscode/l10n';
import { type DiscoveredResource, type UnreachableResources } from '../../../core/azure/discoveredResources';
import { isOnHub } from '../../../core/azure/createdResourceLog';
import { type CleanUpProgress } from '../../../core/azure/runCleanUp';
import { type CheckProgress } from '../../../core/azure/checkOptions';
import { resourcesOfKind } from '../../../core/azure/trackedResources';
import { listText } from '../../../core/base/lists';
import { formatCount } from '../../../core/base/numbers';

/** `device d1 on Pump Hub` */
export function resourceText(resource: DiscoveredResource): string {
  switch (resource.kind) {
    case 'resourceGroup':
      return l10n.t('resource group {0}', resource.created.name);
    case 'hub':
      return l10n.t('hub {0}', resource.hub.name);
    case 'device':
      return l10n.t('device {0} on {1}', resource.created.deviceId, resource.location.hubName);
    case 'hubCertificate':
      return l10n.t('certificate {0} on {1}', resource.created.name, resource.location.hubName);
    case 'authority':
      return l10n.t('certificate authority {0}', resource.name);
  }
}

/** `3 devices on hub "Pump station"` */
export function resourcesText({
  resources,
  hubName,
}: Pick<UnreachableResources, 'resources' | 'hubName'>): string {
  const [first] = resources;
  switch (first?.kind) {
    case 'resourceGroup':
      return l10n.t('resource group "{0}"', first.name);
    case 'hub':
      return l10n.t('hub "{0}"', first.name);
    case 'authority':
    case undefined:
      return l10n.t('the certificate authorities on this computer');
    default: {
      const names = resources.filter(isOnHub).map((one) => one.hubName);
      return l10n.t('{0} on hub "{1}"', contentsText(resources), hubName ?? names.at(-1) ?? '');
    }
  }
}

function contentsText(resources: UnreachableResources['resources']): string {
  const devices = resourcesOfKind(resources, 'device').length;
  const certificates = resourcesOfKind(resources, 'hubCertificate').length;
  return listText(
    [
      devices === 1 ? l10n.t('1 device') : devices > 1 ? l10n.t('{0} devices', formatCount(devices)) : '',
      certificates === 1
        ? l10n.t('1 certificate')
        : certificates > 1
          ? l10n.t('{0} certificates', formatCount(certificates))
          : '',
    ].filter(Boolean),
  );
}

/** For the notification while the list is read. */
export function checkProgressText(progress: CheckProgress): string {
  return progress.kind === 'throttled'
    ? l10n.t('Throttled, retrying in {0} s', progress.seconds)
    : l10n.t('{0} ({1} of {2})', resourcesText(progress), progress.done, progress.total);
}

/** For the notification while resources are deleted. */
export function cleanUpProgressText({
  index,
  total,
  resource,
  state,
  retrySeconds,
}: CleanUpProgress): string {
  const name = resourceText(resource);
  if (retrySeconds !== undefined)
    return l10n.t('{0} ({1} of {2}; throttled, retrying in {3} s)', name, index, total, retrySeconds);
  return state === undefined
    ? l10n.t('{0} ({1} of {2})', name, index, total)
    : l10n.t('{0} ({1} of {2}; {3})', name, index, total, state);
}
