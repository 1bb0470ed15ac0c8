import * as l10n from '@vscode/l10n';
import { type UnreachableResources } from '../../../core/azure/discoveredResources';
import { abortError } from '../../../core/base/abort';
import { runButton } from '../../../workbench/commands';
import { failureButton } from '../../../workbench/failureActions';
import { noBack, pickOne, type Choice } from '../../../workbench/prompts';
import { type CleanUpNeeds } from '../needs';
import { resourcesText } from './resourceText';
import { showWarning } from '../../../workbench/notifications';

type Next = 'again' | { readonly unreachable: UnreachableResources; readonly does: 'act' | 'forget' };

/** Shows what could not be checked and why; the user can fix it, check again, or hide it. */
export async function resolveUnreachable(
  { createdResources, log }: Pick<CleanUpNeeds, 'createdResources' | 'log'>,
  unreachable: readonly UnreachableResources[],
): Promise<void> {
  const next = noBack(
    await pickOne<Next>({
      title: l10n.t('Clean Up: Resources That Could Not Be Checked'),
      placeholder: l10n.t('They may still exist and incur charges'),
      choices: [
        ...unreachable.flatMap((one) => choicesOf(one)),
        { icon: 'refresh', label: l10n.t('Check again'), value: 'again' },
      ],
    }),
  );
  if (next === 'again') return;
  if (next.does === 'act') {
    const { action } = next.unreachable;
    if (action) await runButton(failureButton(action));
    return;
  }
  const what = resourcesText(next.unreachable);
  const forget = l10n.t({ message: 'Hide', args: [], comment: ['Verb, button'] });
  const answer = await showWarning(
    l10n.t('Hide {0} from Clean Up?', what),
    {
      modal: true,
      detail: l10n.t(
        'Nothing is deleted. Clean Up no longer lists these resources. Billable resources continue to incur charges.',
      ),
    },
    forget,
  );
  if (answer !== forget) throw abortError();
  await createdResources.remove(...next.unreachable.resources);
  log.info(`Clean Up no longer lists ${what}; nothing was deleted.`);
}

function choicesOf(unreachable: UnreachableResources): readonly Choice<Next>[] {
  const { reason, action } = unreachable;
  const what = resourcesText(unreachable);
  return [
    {
      icon: action ? 'arrow-right' : 'warning',
      label: action ? failureButton(action).title : what,
      ...(action ? { description: l10n.t('for {0}', what) } : {}),
      detail: reason,
      value: action ? { unreachable, does: 'act' } : 'again',
    },
    {
      icon: 'eye-closed',
      label: l10n.t('Hide {0}', what),
      detail: l10n.t('Nothing is deleted.'),
      value: { unreachable, does: 'forget' },
    },
  ];
}
