/** How long after an answer nobody is elsewhere yet. */
const briefMs = 1_500;

let openQuestions = 0;
let lastAnswerAt = -Infinity;

/** A question is on the screen until the result is called. */
export function questionOpened(): () => void {
  let isOpen = true;
  openQuestions++;
  return () => {
    if (!isOpen) return;
    isOpen = false;
    openQuestions--;
    lastAnswerAt = performance.now();
  };
}

/**
 * Whether a command may move the focus when it completes: the last answer was given a moment ago, and no other
 * prompt is open. Later, moving the focus would close the palette or redirect the keys of a user who is busy elsewhere.
 */
export function mayTakeFocus(): boolean {
  return openQuestions === 0 && performance.now() - lastAnswerAt < briefMs;
}
