import * as l10n from '@vscode/l10n';
import { type SubscriptionManagement } from '../../../core/azure/resources';
import { isAbort } from '../../../core/base/abort';
import { plainMessage } from '../../../core/errors';
import { type Verdict } from '../../../workbench/prompts';

/** Azure's answer for a name that follows the rules. Rejects only when it is canceled. */
export async function nameVerdict(
  management: Pick<SubscriptionManagement, 'hubNameProblem'>,
  name: string,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    const problem = await management.hubNameProblem(name, signal);
    return problem === undefined
      ? { kind: 'fine', text: l10n.t('"{0}" is available.', name) }
      : { kind: 'refused', text: problem };
  } catch (error) {
    if (isAbort(error) || signal.aborted) throw error;
    return {
      kind: 'unsure',
      text: l10n.t(
        'The availability of the name could not be checked; it will be checked on creation. {0}',
        plainMessage(error),
      ),
    };
  }
}
