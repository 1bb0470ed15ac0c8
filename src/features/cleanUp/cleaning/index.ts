import { type CleaningUp, type CleanUpNeeds } from '../cleanUpFeature';
import { cleanUp } from './cleanUp';
import { Reports } from './reports';

export function openCleanUp(services: CleanUpNeeds): CleaningUp {
  const reports = new Reports();
  return {
    cleanUp: (node) => cleanUp(services, reports, node),
    dispose: () => reports.dispose(),
  };
}
