import { describe, expect, it } from 'vitest';
import { back } from '../../../src/workbench/backButton';
import { runMultiStepInput, type ReviewStep } from '../../../src/workbench/multiStepInput';

interface Draft {
  answers: Record<string, string>;
}
type Answer = string | typeof back | { readonly goTo: string };

/** A wizard with prepared answers; returns the steps shown, and their positions. */
function wizard(
  names: (draft: Draft) => readonly string[],
  answers: readonly Answer[],
  { startAt, answered = [] }: { startAt?: string; answered?: readonly string[] } = {},
) {
  const left = [...answers];
  const asked: string[] = [];
  const draft: Draft = { answers: Object.fromEntries(answered.map((name) => [name, 'kept'])) };
  const steps = new Map<string, ReviewStep<Draft>>();
  const nameOf = new Map<ReviewStep<Draft>, string>();
  const stepOf = (name: string): ReviewStep<Draft> => {
    const known = steps.get(name);
    if (known) return known;
    const step: ReviewStep<Draft> = async (current, { step: at, totalSteps, canGoBack }) => {
      asked.push(`${name} ${at}/${totalSteps}${canGoBack ? ' ←' : ''}`);
      const answer = left.shift();
      if (answer === undefined) throw new Error(`Nobody answers ${name}.`);
      if (answer === back) return back;
      if (typeof answer === 'object') return { goTo: stepOf(answer.goTo) };
      current.answers[name] = answer;
      return undefined;
    };
    steps.set(name, step);
    nameOf.set(step, name);
    return step;
  };
  const run = runMultiStepInput('Wizard', draft, (current) => names(current).map(stepOf), {
    ...(startAt === undefined ? {} : { startAt: stepOf(startAt) }),
    isAnswered: (step, current) => {
      const name = nameOf.get(step) ?? '';
      return name !== 'review' && current.answers[name] !== undefined;
    },
  });
  return { run, asked, draft, left };
}

const always = () => ['a', 'b', 'c', 'review'];

describe('A multi-step input', () => {
  it('goes back and forth and keeps each answer', async () => {
    const { run, asked, draft } = wizard(always, ['1', '2', back, '2b', '3', 'ok']);
    await run;
    expect(asked).toEqual(['a 1/4', 'b 2/4 ←', 'c 3/4 ←', 'b 2/4 ←', 'c 3/4 ←', 'review 4/4 ←']);
    expect(draft.answers).toEqual({ a: '1', b: '2b', c: '3', review: 'ok' });
  });

  it('returns to the last step after one answer was changed', async () => {
    const { run, asked } = wizard(always, ['1', '2', '3', { goTo: 'b' }, '2b', 'ok']);
    await run;
    expect(asked.slice(3)).toEqual(['review 4/4 ←', 'b 2/4 ←', 'review 4/4 ←']);
  });

  it('returns to the last step with Back without a change', async () => {
    const { run, asked } = wizard(always, ['1', '2', '3', { goTo: 'a' }, back, 'ok']);
    await run;
    expect(asked.slice(3)).toEqual(['review 4/4 ←', 'a 1/4 ←', 'review 4/4 ←']);
  });

  it('asks for answers that a change made necessary before it returns', async () => {
    const steps = ({ answers }: Draft) => [
      'a',
      ...(answers['a'] === 'more' ? ['a1', 'a2'] : []),
      'b',
      'review',
    ];
    const { run, asked } = wizard(steps, ['less', '2', { goTo: 'a' }, 'more', 'x', back, 'x', 'y', 'ok']);
    await run;
    expect(asked).toEqual([
      'a 1/3',
      'b 2/3 ←',
      'review 3/3 ←',
      'a 1/3 ←',
      'a1 2/5 ←',
      'a2 3/5 ←',
      'a1 2/5 ←',
      'a2 3/5 ←',
      'review 5/5 ←',
    ]);
  });

  it('starts at the given step, and asks afterwards only for missing answers', async () => {
    const { run, asked } = wizard(always, ['2b', 'ok'], { startAt: 'b', answered: ['a', 'b', 'c'] });
    await run;
    expect(asked).toEqual(['b 2/4 ←', 'review 4/4 ←']);
  });

  it('that started in the middle goes back to the previous step', async () => {
    const { run, asked } = wizard(always, [back, '1b', '2', 'ok'], { startAt: 'b', answered: ['a', 'c'] });
    await run;
    expect(asked).toEqual(['b 2/4 ←', 'a 1/4', 'b 2/4 ←', 'review 4/4 ←']);
  });

  it('starts at the last step if the given step is not asked', async () => {
    const { run, asked } = wizard(always, ['ok'], { startAt: 'gone', answered: ['a', 'b', 'c'] });
    await run;
    expect(asked).toEqual(['review 4/4 ←']);
  });

  it('fails with the error of a step', async () => {
    const { run } = wizard(always, ['1']);
    await expect(run).rejects.toThrow('Nobody answers b.');
  });
});
