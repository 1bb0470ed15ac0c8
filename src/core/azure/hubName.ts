import * as l10n from '@vscode/l10n';

/**
 * Why Azure would reject a hub's name. Whether the name is available is known only to Azure.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftdevices
 */
export function hubNameProblem(name: string): string | undefined {
  if (name === '') return l10n.t('Enter a name for the hub.');
  const bad = /[^A-Za-z0-9-]/u.exec(name)?.[0];
  if (bad !== undefined) {
    return bad === ' '
      ? l10n.t('A hub name cannot contain spaces. Use letters, digits, and "-".')
      : l10n.t('A hub name cannot contain "{0}". Use letters, digits, and "-".', bad);
  }
  if (name.length < 3)
    return l10n.t('A hub name must have at least 3 characters. This one has {0}.', name.length);
  if (name.length > 50)
    return l10n.t('A hub name can have at most 50 characters. This one has {0}.', name.length);
  return name.endsWith('-') ? l10n.t('A hub name cannot end with "-".') : undefined;
}

/**
 * Why Azure would reject a resource group's name.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources
 */
export function resourceGroupNameProblem(name: string): string | undefined {
  if (name === '') return l10n.t('Enter a name for the resource group.');
  const bad = /[^\p{L}\p{Nd}_.()-]/u.exec(name)?.[0];
  if (bad !== undefined) {
    return bad === ' '
      ? l10n.t(
          'A resource group name cannot contain spaces. Use letters, digits, "-", "_", ".", "(", and ")".',
        )
      : l10n.t(
          'A resource group name cannot contain "{0}". Use letters, digits, "-", "_", ".", "(", and ")".',
          bad,
        );
  }
  if (name.length > 90)
    return l10n.t('A resource group name can have at most 90 characters. This one has {0}.', name.length);
  return name.endsWith('.') ? l10n.t('A resource group name cannot end with ".".') : undefined;
}
