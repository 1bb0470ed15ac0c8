import * as l10n from '@vscode/l10n';
import { setSubscription, type HubDraft, type HubStep } from '../../../core/azure/hubDraft';
import { resourceGroupNameProblem } from '../../../core/azure/hubName';
import { isSameText } from '../../../core/base/sameText';
import { askText, back, pickOne } from '../../../workbench/prompts';
import { type Step } from '../../../workbench/multiStepInput';
import { groupChoices, newGroup, subscriptionChoices } from './quickPickItems';
import { ensureRegistered } from './registration';
import { subscriptionDataOf, type Questions } from './questions';

/** Subscription and resource group of the hub. */
export function groupSteps(
  questions: Questions,
): Readonly<Record<Extract<HubStep, 'subscription' | 'group' | 'groupName'>, Step<HubDraft>>> {
  const { problemOf } = questions;
  return {
    subscription: async (draft, position) => {
      const current = questions.subscriptions.find(({ id }) => id === draft.subscription?.id);
      const subscription = await pickOne({
        ...position,
        placeholder: problemOf('subscription') ?? l10n.t('Select a subscription'),
        choices: subscriptionChoices(questions.subscriptions, questions.explain),
        ...(current ? { current } : {}),
      });
      if (subscription === back) return back;
      setSubscription(draft, subscription);
      await ensureRegistered(subscriptionDataOf(questions, draft), subscription);
      subscriptionDataOf(questions, draft).readAhead();
      return undefined;
    },
    group: async (draft, position) => {
      const data = subscriptionDataOf(questions, draft);
      const name = await pickOne({
        ...position,
        placeholder: problemOf('group') ?? l10n.t('Select a resource group'),
        choices: async (signal) =>
          groupChoices(...(await Promise.all([data.groups(signal), data.regions(signal)]))),
        ...(draft.group ? { current: draft.group.kind === 'new' ? newGroup : draft.group.name } : {}),
      });
      if (name === back) return back;
      if (name === newGroup) {
        if (draft.group?.kind !== 'new') draft.group = { kind: 'new', name: '' };
        return undefined;
      }
      const found = (await data.groups()).find((group) => group.name === name);
      if (found) draft.group = { kind: 'existing', name, location: found.location };
      return undefined;
    },
    groupName: async (draft, position) => {
      const groups = await subscriptionDataOf(questions, draft).groups();
      const problem = problemOf('groupName');
      const name = await askText({
        ...position,
        value: draft.group?.name ?? '',
        ...(problem === undefined ? {} : { problem }),
        prompt: l10n.t('Name of the new resource group. It is created together with the hub.'),
        placeholder: 'iot-test',
        validate: (text) =>
          resourceGroupNameProblem(text) ??
          (groups.some((group) => isSameText(group.name, text))
            ? l10n.t(
                'Resource group "{0}" already exists. Go back to select it, or enter another name.',
                text,
              )
            : undefined),
      });
      if (name === back) return back;
      const region = draft.group?.kind === 'new' ? draft.group.region : undefined;
      draft.group = { kind: 'new', name, ...(region ? { region } : {}) };
      return undefined;
    },
  };
}
