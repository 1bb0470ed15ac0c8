import { type SubscriptionList } from './subscriptionList';

/** What the person wants to see of an account. */
export interface SubscriptionChoice {
  /** Absent: all, also those that come later. */
  readonly subscriptionIds?: readonly string[];
  /** Tenants that are left out: they are not asked, and their failures are none. */
  readonly hiddenTenants?: readonly string[];
}

/** Kept over restarts, by account. */
export interface SubscriptionChoices {
  get(accountId: string): SubscriptionChoice;
  set(accountId: string, choice: SubscriptionChoice): Promise<void>;
}

/** A row that can be ticked; those of subscriptions have their tenant's above them when that is one, too. */
export interface TickRow {
  readonly id: string;
  readonly above?: string;
}

export const tenantRowId = (tenantId: string) => `tenant/${tenantId}`;

/** To leave out the only tenant is to leave out the account. */
export const hasTenantRows = ({ tenants = [], hiddenTenants = [] }: SubscriptionList) =>
  tenants.length > 1 || hiddenTenants.length > 0;

/** A tenant takes its subscriptions with it; a subscription that is ticked brings its tenant. */
export function followTicks(
  rows: readonly TickRow[],
  before: ReadonlySet<string>,
  now: ReadonlySet<string>,
): ReadonlySet<string> {
  const settled = new Set(now);
  for (const { id, above } of rows) {
    if (above === undefined) continue;
    const isNew = now.has(id) && !before.has(id);
    if (isNew) settled.add(above);
    else if (before.has(above) && !now.has(above)) settled.delete(id);
    else if (!before.has(above) && now.has(above)) settled.add(id);
  }
  return settled;
}

/** @param ticked ids of subscriptions, and of the rows of tenants when there are such */
export function choiceOf(list: SubscriptionList, ticked: ReadonlySet<string>): SubscriptionChoice {
  const { tenants = [], subscriptions } = list;
  const hidden = hasTenantRows(list)
    ? tenants.map(({ id }) => id).filter((id) => !ticked.has(tenantRowId(id)))
    : [];
  const asked = subscriptions.filter(({ tenantId }) => !hidden.includes(tenantId));
  const ids = asked.map(({ id }) => id).filter((id) => ticked.has(id));
  return {
    ...(ids.length === asked.length ? {} : { subscriptionIds: ids }),
    ...(hidden.length === 0 ? {} : { hiddenTenants: hidden }),
  };
}
