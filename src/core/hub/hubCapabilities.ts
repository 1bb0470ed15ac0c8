import { type Hub, type HubKind } from './hub';

/** What can be done with a hub. */
export type HubCapability =
  | 'monitor'
  | 'manageDevices'
  | 'manageCertificates'
  | 'showOverview'
  /** Its entry in the list, which the person added. */
  | 'renameEntry'
  | 'removeEntry'
  /** The resource itself, in Azure. */
  | 'deleteResource'
  | 'openInPortal'
  | 'readPolicies'
  | 'assignRoles'
  /** Azure Resource Manager describes it also while it cannot be used. */
  | 'describeInEveryState';

const capabilities: Readonly<Record<HubKind, readonly HubCapability[]>> = {
  local: ['monitor', 'manageDevices', 'manageCertificates', 'showOverview'],
  connectionString: [
    'monitor',
    'manageDevices',
    'manageCertificates',
    'showOverview',
    'renameEntry',
    'removeEntry',
  ],
  eventHubs: ['monitor', 'renameEntry', 'removeEntry'],
  azure: [
    'monitor',
    'manageDevices',
    'manageCertificates',
    'showOverview',
    'deleteResource',
    'openInPortal',
    'readPolicies',
    'assignRoles',
    'describeInEveryState',
  ],
};

export const hubCan = ({ kind }: Pick<Hub, 'kind'>, capability: HubCapability): boolean =>
  capabilities[kind].includes(capability);
