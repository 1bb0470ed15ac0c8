import * as l10n from '@vscode/l10n';
import { type Disposable } from '../../core/base/disposable';
import { type Event } from '../../core/base/event';
import { type Logger } from '../../core/base/logger';
import { commands } from '../../contributions';
import { executeCommand } from '../../workbench/commands';
import { movedPortsNotice, problemNotice, type LocalHubState } from './localHubState';
import { showInformation, showWarning } from '../../workbench/notifications';

/** The part of the control that is in use. */
export interface ObservedHub {
  readonly state: LocalHubState;
  readonly onDidChange: Event<void>;
}

/** Notifies once per start of the hub which ports it uses instead of others, and once of each problem with its data. */
export function showNotices(hub: ObservedHub, log: Logger): Disposable {
  let shownPorts: unknown;
  const shownProblems = new Set<string>();
  return hub.onDidChange(() => {
    const { state } = hub;
    if (state.kind !== 'running') return;
    const { endpoints, problems = [] } = state;
    const notice = endpoints === shownPorts ? undefined : movedPortsNotice(endpoints);
    shownPorts = endpoints;
    if (notice) void showInformation(notice);
    for (const problem of problems.filter(({ text }) => !shownProblems.has(text))) {
      shownProblems.add(problem.text);
      offerLog(problemNotice(problem)).catch((error: unknown) => {
        log.error(`A problem of the local hub was not shown: ${String(error)}`);
      });
    }
  });
}

async function offerLog(text: string): Promise<void> {
  const showLog = l10n.t('Show Log');
  const answer = await showWarning(text, showLog);
  if (answer === showLog) await executeCommand(commands.showLocalHubLog);
}
