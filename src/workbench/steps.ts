import { back, type Back } from './prompts';

/** Where a prompt stands in its wizard; goes into the options of the prompt as it is. */
export interface Position {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly canGoBack: boolean;
}

/** Asks one thing and writes the answer into the draft. */
export type Step<D> = (draft: D, position: Position) => Promise<Back | undefined>;

/**
 * Runs a wizard: which steps there are may depend on what was answered, and Back finds each answer as it was
 * given. Leaving it by Escape cancels the command.
 */
export async function runSteps<D>(
  title: string,
  draft: D,
  stepsOf: (draft: D) => readonly Step<D>[],
): Promise<D> {
  for (let at = 0; ;) {
    const steps = stepsOf(draft);
    const step = steps[at];
    if (!step) return draft;
    const answer = await step(draft, { title, step: at + 1, totalSteps: steps.length, canGoBack: at > 0 });
    at = answer === back ? Math.max(0, at - 1) : at + 1;
  }
}
