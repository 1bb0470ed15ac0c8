import { back, type Back } from './backButton';

/** Position of a prompt in its wizard; used as options of the prompt. */
export interface Position {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly canGoBack: boolean;
}

/** Asks one question and writes the answer into the draft. */
export type Step<D> = (draft: D, position: Position) => Promise<Back | undefined>;

/** Shows the answers, may lead to another step, and is then shown again. */
export type ReviewStep<D> = (draft: D, position: Position) => Promise<Back | GoTo<D> | undefined>;

export interface GoTo<D> {
  readonly goTo: Step<D> | ReviewStep<D>;
}

export interface Route<D> {
  /** Starts here, with the answers of the draft; then only open steps are asked, and the last one. */
  readonly startAt?: Step<D> | ReviewStep<D>;
  /** Without it no step has to be asked again after another one changed. */
  readonly isAnswered?: (step: Step<D> | ReviewStep<D>, draft: D) => boolean;
}

/**
 * Runs a wizard: the steps may depend on the answers, and Back returns to each answer as it was given. Escape cancels
 * the command.
 */
export async function runMultiStepInput<D>(
  title: string,
  draft: D,
  stepsOf: (draft: D) => readonly (Step<D> | ReviewStep<D>)[],
  { startAt, isAnswered = () => true }: Route<D> = {},
): Promise<D> {
  /** Steps for Back, newest last. */
  const trail: ReviewStep<D>[] = [];
  let steps: readonly ReviewStep<D>[] = stepsOf(draft);
  let at = startAt ? indexIn(steps, startAt, steps.length - 1) : 0;
  /** The step to return to when a single step is changed. */
  let home = startAt ? steps.at(-1) : undefined;
  for (;;) {
    const step = steps[at];
    if (!step) return draft;
    if (step === home) home = undefined;
    const canGoBack = at > 0 || trail.length > 0;
    const answer = await step(draft, { title, step: at + 1, totalSteps: steps.length, canGoBack });
    steps = stepsOf(draft);
    if (answer === back) {
      const before = trail.pop();
      at = before ? indexIn(steps, before, Math.max(0, at - 1)) : Math.max(0, at - 1);
      continue;
    }
    trail.push(step);
    if (answer) {
      home = step;
      at = indexIn(steps, answer.goTo, at);
      continue;
    }
    const end = home ? indexIn(steps, home, -1) : -1;
    const next = indexIn(steps, step, at) + 1;
    at = next;
    // On the way back only steps that the change has left open are asked.
    while (at < end && isAnswered(steps[at] ?? step, draft)) at++;
  }
}

function indexIn<D>(steps: readonly ReviewStep<D>[], step: ReviewStep<D>, otherwise: number): number {
  const found = steps.indexOf(step);
  return found < 0 ? otherwise : found;
}
