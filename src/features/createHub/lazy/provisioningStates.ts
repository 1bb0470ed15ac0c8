import * as l10n from '@vscode/l10n';

/** A state of ARM's long-running operations, in words. @see https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations */
export function provisioningStateText(state: string): string {
  switch (state.toLowerCase().replace(/[^a-z]/g, '')) {
    case 'accepted':
      return l10n.t('Request accepted');
    case 'activating':
      return l10n.t('Activating…');
    case 'creating':
      return l10n.t('Creating…');
    case 'deleting':
      return l10n.t('Deleting…');
    case 'registering':
      return l10n.t('Registering…');
    case 'inprogress':
    case 'running':
      return l10n.t('In progress');
    case 'succeeded':
      return l10n.t('Done');
    default:
      return state;
  }
}
