import { type SubscriptionManagement } from '../../../core/azure/resources';
import { isAbort } from '../../../core/base/abort';
import { plainMessage } from '../../../core/errors';
import { type Verdict } from '../../../workbench/prompts';

/** What Azure says of a name that keeps the rules. Rejects only when it is cancelled. */
export async function nameVerdict(
  management: Pick<SubscriptionManagement, 'hubNameProblem'>,
  name: string,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    const problem = await management.hubNameProblem(name, signal);
    return problem === undefined
      ? { kind: 'fine', text: `"${name}" is available.` }
      : { kind: 'refused', text: problem };
  } catch (error) {
    if (isAbort(error) || signal.aborted) throw error;
    return {
      kind: 'unsure',
      text: `Azure could not be asked whether the name is available; creating the hub will tell. ${plainMessage(error)}`,
    };
  }
}
