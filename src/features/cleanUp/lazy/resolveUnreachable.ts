import * as vscode from 'vscode';
import { type UnreachableResources } from '../../../core/azure/discoveredResources';
import { abortError } from '../../../core/base/abort';
import { runButton } from '../../../workbench/commands';
import { failureButton } from '../../../workbench/failureActions';
import { noBack, pickOne, type Choice } from '../../../workbench/prompts';
import { type CleanUpNeeds } from '../needs';

type Next = 'again' | { readonly unknown: UnreachableResources; readonly does: 'act' | 'forget' };

/** Says what could not be looked at and why; lets the person mend it, look again, or forget it. */
export async function resolveUnreachable(
  { createdResources, log }: Pick<CleanUpNeeds, 'createdResources' | 'log'>,
  unknown: readonly UnreachableResources[],
): Promise<void> {
  const next = noBack(
    await pickOne<Next>({
      title: 'Clean Up: could not be looked at',
      placeholder: 'It may still be there, and cost money.',
      choices: [
        ...unknown.flatMap((one) => choicesOf(one)),
        { label: '$(refresh) Look again', value: 'again' },
      ],
    }),
  );
  if (next === 'again') return;
  if (next.does === 'act') {
    const { action } = next.unknown;
    if (action) await runButton(failureButton(action));
    return;
  }
  const forget = 'Forget';
  const answer = await vscode.window.showWarningMessage(
    `Forget ${next.unknown.what}?`,
    {
      modal: true,
      detail:
        'Nothing is deleted. Clean Up does not list it any more, and what costs money goes on doing so.',
    },
    forget,
  );
  if (answer !== forget) throw abortError();
  await createdResources.remove(...next.unknown.resources);
  log.info(`Clean Up does not list ${next.unknown.what} any more; nothing was deleted.`);
}

function choicesOf(unknown: UnreachableResources): readonly Choice<Next>[] {
  const { what, reason, action } = unknown;
  return [
    {
      label: action ? `$(arrow-right) ${failureButton(action).title}` : `$(warning) ${what}`,
      ...(action ? { description: `for ${what}` } : {}),
      detail: reason,
      value: action ? { unknown, does: 'act' } : 'again',
    },
    {
      label: `$(eye-closed) Forget ${what}`,
      detail: 'Nothing is deleted.',
      value: { unknown, does: 'forget' },
    },
  ];
}
