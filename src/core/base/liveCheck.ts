import { isAbort } from './abort';
import { type Disposable } from './disposable';

/**
 * Checks a text while it is being typed, after a short pause. One request at a time: a newer text cancels the older
 * request, and a late answer to it is dropped.
 */
export class LiveCheck<A> implements Disposable {
  private wanted: string | undefined;
  private known: { readonly text: string; readonly answer: A } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private controller: AbortController | undefined;
  private flight: Promise<unknown> = Promise.resolve();
  private running: { readonly text: string; readonly answer: Promise<A> } | undefined;

  /** @param ask what it rejects with, other than a cancellation, goes to the caller of `answerTo` */
  constructor(
    private readonly ask: (text: string, signal: AbortSignal) => Promise<A>,
    /** `undefined` while the check is running. */
    private readonly show: (answer: A | undefined) => void,
    private readonly restMs = 350,
  ) {}

  /** The text is now this; `undefined` when there is nothing to check. */
  typed(text: string | undefined): void {
    if (text === this.wanted) return;
    this.drop();
    this.wanted = text;
    if (text === undefined) return;
    if (this.known?.text === text) return this.show(this.known.answer);
    this.timer = setTimeout(() => {
      this.start(text).catch(() => undefined);
    }, this.restMs);
  }

  /** The answer to this text, requested at once if not yet known. @throws the abort when the text changes meanwhile */
  async answerTo(text: string): Promise<A> {
    if (this.wanted !== text) {
      this.drop();
      this.wanted = text;
    }
    if (this.known?.text === text) return this.known.answer;
    clearTimeout(this.timer);
    return this.start(text);
  }

  dispose(): void {
    this.drop();
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.controller?.abort();
    this.controller = undefined;
    this.running = undefined;
    this.wanted = undefined;
  }

  private start(text: string): Promise<A> {
    if (this.running?.text === text) return this.running.answer;
    const controller = new AbortController();
    this.controller = controller;
    this.show(undefined);
    const answer = this.flight.then(async () => {
      controller.signal.throwIfAborted();
      const given = await this.ask(text, controller.signal);
      controller.signal.throwIfAborted();
      this.known = { text, answer: given };
      this.show(given);
      return given;
    });
    this.running = { text, answer };
    this.flight = answer.catch((error: unknown) => {
      // So that the next Enter checks again.
      if (!isAbort(error) && this.controller === controller) this.running = undefined;
    });
    return answer;
  }
}
