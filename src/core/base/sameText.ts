/** Names of hubs, groups and policies and ids of Azure resources are not case-sensitive. */
export const isSameText = (one: string | undefined, other: string | undefined): boolean =>
  one?.toLowerCase() === other?.toLowerCase();
