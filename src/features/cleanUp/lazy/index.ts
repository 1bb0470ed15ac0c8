import { ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { type CleaningUp, type CleanUpNeeds } from '../needs';
import { cleanUp } from './cleanUp';

export function openCleanUp(services: CleanUpNeeds): CleaningUp {
  const reports = new ReadOnlyDocuments('iot-hub-clean-up', 'This report is no longer kept. The log has it.');
  return {
    cleanUp: (node) => cleanUp(services, reports, node),
    dispose: () => reports.dispose(),
  };
}
