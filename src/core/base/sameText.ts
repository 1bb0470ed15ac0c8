/** Names of hubs, groups, policies and ids of Azure resources are equal in any case. */
export const isSameText = (one: string | undefined, other: string | undefined): boolean =>
  one?.toLowerCase() === other?.toLowerCase();
