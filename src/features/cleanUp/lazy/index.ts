import * as l10n from '@vscode/l10n';
import { ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { type CleaningUp, type CleanUpNeeds } from '../needs';
import { cleanUp } from './cleanUp';

export function openCleanUp(services: CleanUpNeeds): CleaningUp {
  const reports = new ReadOnlyDocuments(
    'iot-hub-clean-up',
    l10n.t('This report is no longer available. See the log.'),
  );
  return {
    cleanUp: (node) => cleanUp(services, reports, node),
    dispose: () => reports.dispose(),
  };
}
