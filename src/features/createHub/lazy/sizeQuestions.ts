import * as l10n from '@vscode/l10n';
import { formatCount } from '../../../core/base/numbers';
import { setPlan, type HubDraft, type HubStep } from '../../../core/azure/hubDraft';
import { isInRange, messagesPerDayText, planOf, type Range } from '../../../core/azure/hubPlans';
import { askText, back, pickOne, type Back } from '../../../workbench/prompts';
import { type Position, type Step } from '../../../workbench/multiStepInput';
import { planChoices } from './quickPickItems';
import { subscriptionDataOf, type Questions } from './questions';

type Mine = Extract<HubStep, 'plan' | 'units' | 'partitions' | 'retention'>;

/** The questions about the capacity of the hub. */
export function sizeQuestions(questions: Questions): Readonly<Record<Mine, Step<HubDraft>>> {
  const { problemOf, explain, openPricing } = questions;
  return {
    plan: async (draft, position) => {
      const data = subscriptionDataOf(questions, draft);
      const sku = await pickOne({
        ...position,
        placeholder: problemOf('plan') ?? l10n.t('Select a tier'),
        choices: async (signal) => planChoices({ hubs: await data.hubs(signal), explain, openPricing }),
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
        prompt: l10n.t(
          'Number of units, 1 to {0}. Each unit adds {1} and is billed separately. You can change this later.',
          formatCount(max),
          messagesPerDayText(plan?.messagesPerDay ?? 0),
        ),
        problem: l10n.t('Enter a number of units from 1 to {0}.', formatCount(max)),
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
        prompt: l10n.t(
          'Partitions of the built-in endpoint, {0} to {1}: the number of parallel readers. You cannot change this later. {2} is suitable for most hubs.',
          partitions.min,
          partitions.max,
          partitions.defaultValue,
        ),
        problem: l10n.t('Enter a number of partitions from {0} to {1}.', partitions.min, partitions.max),
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
        prompt: l10n.t(
          'Retention of the built-in endpoint in days, {0} to {1}. You can change this later.',
          range.min,
          range.max,
        ),
        problem: l10n.t('Enter a number of days from {0} to {1}.', range.min, range.max),
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
  readonly prompt: string;
  /** Shown for a value that is not in the range. */
  readonly problem: string;
}

async function askNumber(
  { problemOf }: Questions,
  position: Position,
  { step, range, current, prompt, problem }: NumberQuestion,
): Promise<number | Back> {
  const failure = problemOf(step);
  const text = await askText({
    ...position,
    value: String(current ?? range.defaultValue),
    ...(failure === undefined ? {} : { problem: failure }),
    prompt,
    validate: (typed) => (isInRange(typed, range) ? undefined : problem),
  });
  return text === back ? back : Number(text.trim());
}
