/** Of our own calls; the SDK brings that of the others. docs/azure.md has the table, and a test holds it. */
export const apiVersions = {
  /** Tenants, subscriptions and their regions. */
  subscriptions: '2022-12-01',
  /** Resource groups, resources and providers. */
  resources: '2025-04-01',
  /** What is read and written whole, without the SDK: the same as the SDK's. */
  hubs: '2023-06-30',
} as const;
