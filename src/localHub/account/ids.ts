/** The only tenant, subscription and user of the local hub, and the resource group of its own hub. */
export const localTenantId = '00000000-0000-0000-0000-000000000001';
export const localSubscriptionId = '00000000-0000-0000-0000-000000000000';
export const localPrincipalId = '00000000-0000-0000-0000-000000000002';
/** Client ID of the managed identity. */
export const localClientId = '00000000-0000-0000-0000-000000000003';
export const localUser = 'local-user@localhost';
export const localResourceGroup = 'local';
/** The process's own hub, which cannot be deleted in ARM. */
export const ownHubName = 'local-hub';

export const subscriptionId = `/subscriptions/${localSubscriptionId}`;

export const groupResourceId = (group: string): string => `${subscriptionId}/resourceGroups/${group}`;

export const hubResourceId = (hub: { readonly name: string; readonly group: string }): string =>
  `${groupResourceId(hub.group)}/providers/Microsoft.Devices/IotHubs/${hub.name}`;
