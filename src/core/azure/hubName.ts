/**
 * Why Azure would not take a hub's name. Whether it is taken only Azure knows.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftdevices
 */
export function hubNameProblem(name: string): string | undefined {
  if (name === '') return 'Type a name for the hub.';
  const bad = /[^A-Za-z0-9-]/u.exec(name)?.[0];
  if (bad !== undefined) {
    return `${bad === ' ' ? 'A space' : `"${bad}"`} cannot be in a hub's name: letters, digits and "-" can.`;
  }
  if (name.length < 3) return `A hub's name has at least 3 characters; this one has ${name.length}.`;
  if (name.length > 50) return `A hub's name has at most 50 characters; this one has ${name.length}.`;
  return name.endsWith('-') ? 'A hub\'s name cannot end with "-".' : undefined;
}

/**
 * Why Azure would not take a resource group's name.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources
 */
export function resourceGroupNameProblem(name: string): string | undefined {
  if (name === '') return 'Type a name for the resource group.';
  const bad = /[^\p{L}\p{Nd}_.()-]/u.exec(name)?.[0];
  if (bad !== undefined) {
    const what = bad === ' ' ? 'A space' : `"${bad}"`;
    return `${what} cannot be in a resource group's name: letters, digits, "-", "_", ".", "(" and ")" can.`;
  }
  if (name.length > 90)
    return `A resource group's name has at most 90 characters; this one has ${name.length}.`;
  return name.endsWith('.') ? 'A resource group\'s name cannot end with ".".' : undefined;
}
