import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveCheck } from '../../../src/core/base/liveCheck';

interface Question {
  readonly text: string;
  readonly signal: AbortSignal;
  answer(value: string): void;
  fail(error: Error): void;
}

function someCheck() {
  const questions: Question[] = [];
  const shown: (string | undefined)[] = [];
  const check = new LiveCheck<string>(
    (text, signal) =>
      new Promise((resolve, reject) => {
        questions.push({ text, signal, answer: resolve, fail: reject });
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      }),
    (answer) => shown.push(answer),
    300,
  );
  const asked = () => questions.map(({ text }) => text);
  return { check, questions, shown, asked };
}

describe('A check during typing', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('starts when typing pauses, not on every key', async () => {
    const { check, questions, shown, asked } = someCheck();
    for (const text of ['f', 'fa', 'fac']) {
      check.typed(text);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(asked()).toEqual([]);
    await vi.advanceTimersByTimeAsync(300);
    expect(asked()).toEqual(['fac']);
    expect(shown).toEqual([undefined]);
    questions[0]?.answer('free');
    await vi.advanceTimersByTimeAsync(0);
    expect(shown).toEqual([undefined, 'free']);
  });

  it('ignores the result for an older text, and runs once at a time', async () => {
    const { check, questions, shown, asked } = someCheck();
    check.typed('one');
    await vi.advanceTimersByTimeAsync(300);
    check.typed('two');
    expect(questions[0]?.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(300);
    expect(asked()).toEqual(['one', 'two']);
    questions[0]?.answer('late');
    questions[1]?.answer('of two');
    await vi.advanceTimersByTimeAsync(0);
    expect(shown.filter(Boolean)).toEqual(['of two']);
  });

  it('waits for a canceled check to end before it starts the next', async () => {
    const asked: string[] = [];
    const ends: (() => void)[] = [];
    let running = 0;
    let most = 0;
    const shown: unknown[] = [];
    const check = new LiveCheck<string>(
      async (text) => {
        asked.push(text);
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => ends.push(resolve));
        running--;
        return `of ${text}`;
      },
      (answer) => shown.push(answer),
      10,
    );
    check.typed('one');
    await vi.advanceTimersByTimeAsync(10);
    check.typed('two');
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual(['one']);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual(['one', 'two']);
    ends[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(most).toBe(1);
    expect(shown.filter(Boolean)).toEqual(['of two']);
  });

  it('starts immediately on Enter, which waits for the result', async () => {
    const { check, questions, asked } = someCheck();
    check.typed('factory');
    const answer = check.answerTo('factory');
    await vi.advanceTimersByTimeAsync(0);
    expect(asked()).toEqual(['factory']);
    questions[0]?.answer('taken');
    expect(await answer).toBe('taken');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked()).toEqual(['factory']);
  });

  it('joins the running check, and remembers its last result', async () => {
    const { check, questions, asked } = someCheck();
    check.typed('factory');
    await vi.advanceTimersByTimeAsync(300);
    const answers = Promise.all([check.answerTo('factory'), check.answerTo('factory')]);
    questions[0]?.answer('free');
    expect(await answers).toEqual(['free', 'free']);
    expect(await check.answerTo('factory')).toBe('free');
    expect(asked()).toEqual(['factory']);
  });

  it('of an Enter that was followed by another key is canceled', async () => {
    const { check } = someCheck();
    check.typed('factory');
    const answer = check.answerTo('factory');
    const outcome = expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    await vi.advanceTimersByTimeAsync(0);
    check.typed('factory-2');
    await outcome;
  });

  it('that failed is repeated on the next Enter', async () => {
    const { check, questions, asked } = someCheck();
    const first = check.answerTo('factory');
    const outcome = expect(first).rejects.toThrow('no network');
    await vi.advanceTimersByTimeAsync(0);
    questions[0]?.fail(new Error('no network'));
    await outcome;
    const second = check.answerTo('factory');
    await vi.advanceTimersByTimeAsync(0);
    questions[1]?.answer('free');
    expect(await second).toBe('free');
    expect(asked()).toEqual(['factory', 'factory']);
  });

  it('ends with the prompt', async () => {
    const { check, questions, asked } = someCheck();
    check.typed('one');
    await vi.advanceTimersByTimeAsync(300);
    check.dispose();
    expect(questions[0]?.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked()).toEqual(['one']);
  });
});
