import { type SubscriptionList } from './subscriptionList';

/** What the user wants to see of an account. */
export interface SubscriptionChoice {
  /** Absent: all, including later ones. */
  readonly subscriptionIds?: readonly string[];
  /** Hidden tenants: they are not queried and cannot fail. */
  readonly hiddenTenants?: readonly string[];
}

/** Kept over restarts, per account. */
export interface SubscriptionChoices {
  get(accountId: string): SubscriptionChoice;
  set(accountId: string, choice: SubscriptionChoice): Promise<void>;
}

/** A row that can be selected; the row of a subscription names its tenant's row if there is one. */
export interface TickRow {
  readonly id: string;
  readonly above?: string;
}

export const tenantRowId = (tenantId: string) => `tenant/${tenantId}`;

/** Hiding the only tenant would hide the account. */
export const hasTenantRows = ({ tenants = [], hiddenTenants = [] }: SubscriptionList) =>
  tenants.length > 1 || hiddenTenants.length > 0;

/** Deselecting a tenant deselects its subscriptions; selecting a subscription selects its tenant. */
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

/** @param ticked ids of subscriptions, and of tenant rows if there are any */
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
