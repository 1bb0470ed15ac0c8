import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { hubSteps, isAnswered, type HubDraft, type HubStep } from '../../../core/azure/hubDraft';
import { pricingPage } from '../../../core/azure/hubPlans';
import { runMultiStepInput, type ReviewStep } from '../../../workbench/multiStepInput';
import { groupSteps } from './groupQuestions';
import { hubQuestions } from './hubQuestions';
import { type Questions, type WizardNeeds } from './questions';
import { sizeQuestions } from './sizeQuestions';
import { showWarning } from '../../../workbench/notifications';

export const title = () => l10n.t('Create Hub');

/** Asks everything that a new hub needs, back and forth, and ends when the user confirms the creation. */
export async function askForHub(draft: HubDraft, needs: WizardNeeds, startAt?: HubStep): Promise<void> {
  let problem = needs.problem;
  const steps = {} as Record<HubStep, ReviewStep<HubDraft>>;
  const questions: Questions = {
    ...needs,
    steps,
    stepsOf: (current) => hubSteps(current, needs.subscriptions.length > 1),
    problemOf: (step) => {
      if (problem?.step !== step) return undefined;
      const { text } = problem;
      problem = undefined;
      return text;
    },
    explain: (why) => void showWarning(why),
    openPricing: () => void vscode.env.openExternal(vscode.Uri.parse(pricingPage)),
  };
  Object.assign(steps, groupSteps(questions), hubQuestions(questions), sizeQuestions(questions));
  const idOf = new Map(Object.entries(steps).map(([id, step]) => [step, id as HubStep]));
  await runMultiStepInput(title(), draft, (current) => questions.stepsOf(current).map((id) => steps[id]), {
    ...(startAt ? { startAt: steps[startAt] } : {}),
    isAnswered: (step, current) => isAnswered(idOf.get(step) ?? 'review', current),
  });
}
