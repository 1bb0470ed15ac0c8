import { type AzureAccounts } from './accounts';

/** Page of a resource. @param id its resource id */
export const portalUrl = (
  portal: string,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
) => `${portal}/#@${tenantId}/resource${id}`;

export function hasPortal(accounts: Pick<AzureAccounts, 'cloud'>): boolean {
  try {
    return accounts.cloud().portal !== undefined;
  } catch {
    // A custom cloud that is not configured: the tree shows that, and there is no page to open.
    return false;
  }
}
