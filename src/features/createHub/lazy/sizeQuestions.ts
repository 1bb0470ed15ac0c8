import { setPlan, type HubDraft, type HubStep } from '../../../core/azure/hubDraft';
import { messagesText, planOf, rangeProblem, type Range } from '../../../core/azure/hubPlans';
import { askText, back, pickOne, type Back } from '../../../workbench/prompts';
import { type Position, type Step } from '../../../workbench/multiStepInput';
import { planChoices } from './quickPickItems';
import { subscriptionDataOf, type Questions } from './questions';

type Mine = Extract<HubStep, 'plan' | 'units' | 'partitions' | 'retention'>;

/** How much the hub takes, and what that costs in words. */
export function sizeQuestions(questions: Questions): Readonly<Record<Mine, Step<HubDraft>>> {
  const { problemOf, explain, openPricing } = questions;
  return {
    plan: async (draft, position) => {
      const facts = subscriptionDataOf(questions, draft);
      const sku = await pickOne({
        ...position,
        isKept: true,
        placeholder: problemOf('plan') ?? 'Which tier?',
        choices: async (signal) => planChoices({ hubs: await facts.hubs(signal), explain, openPricing }),
        ...(draft.sku === undefined ? {} : { current: draft.sku }),
      });
      if (sku === back) return back;
      setPlan(draft, sku);
      return undefined;
    },
    units: async (draft, position) => {
      const plan = planOf(draft.sku ?? '');
      const max = plan?.maxUnits ?? 1;
      const units = await askNumber(questions, position, {
        step: 'units',
        range: { min: 1, max, defaultValue: 1 },
        current: draft.units,
        what: 'units',
        prompt: `Number of units, 1 to ${max}. Each takes ${messagesText(plan?.messagesPerDay ?? 0)} and costs as much again; it can be changed later.`,
      });
      if (units === back) return back;
      draft.units = units;
      return undefined;
    },
    partitions: async (draft, position) => {
      const partitions = planOf(draft.sku ?? '')?.partitions ?? { min: 2, max: 32, defaultValue: 4 };
      const count = await askNumber(questions, position, {
        step: 'partitions',
        range: partitions,
        current: draft.partitionCount,
        what: 'partitions',
        prompt: `Partitions of the built-in endpoint, ${partitions.min} to ${partitions.max}: how many readers can share the messages. This cannot be changed later; ${partitions.defaultValue} fit most hubs.`,
      });
      if (count === back) return back;
      draft.partitionCount = count;
      return undefined;
    },
    retention: async (draft, position) => {
      const range = planOf(draft.sku ?? '')?.retentionDays ?? { min: 1, max: 7, defaultValue: 1 };
      const days = await askNumber(questions, position, {
        step: 'retention',
        range,
        current: draft.retentionDays,
        what: 'days',
        prompt: `Days that the built-in endpoint keeps messages, ${range.min} to ${range.max}; it can be changed later.`,
      });
      if (days === back) return back;
      draft.retentionDays = days;
      return undefined;
    },
  };
}

interface NumberQuestion {
  readonly step: Mine;
  readonly range: Range;
  readonly current: number | undefined;
  readonly what: string;
  readonly prompt: string;
}

async function askNumber(
  { problemOf }: Questions,
  position: Position,
  { step, range, current, what, prompt }: NumberQuestion,
): Promise<number | Back> {
  const problem = problemOf(step);
  const text = await askText({
    ...position,
    value: String(current ?? range.defaultValue),
    ...(problem === undefined ? {} : { problem }),
    prompt,
    validate: (typed) => rangeProblem(typed, range, what),
  });
  return text === back ? back : Number(text.trim());
}
