import { abortable, abortError } from './abort';

/**
 * An answer that is requested once for all callers. After `refresh` the older request is canceled, its late answer
 * is dropped, and its callers get the newer one. A failure is repeated until then.
 */
export class CachedAnswer<T> {
  private flight: { readonly answer: Promise<T>; readonly controller: AbortController } | undefined;
  private last: { readonly value: T } | undefined;
  private hasEnded = false;

  constructor(
    private readonly ask: (signal: AbortSignal) => Promise<T>,
    private readonly onAnswer: (value: T) => void = () => undefined,
  ) {}

  /** The last answer, also while a newer request is running. */
  get known(): T | undefined {
    return this.last?.value;
  }

  get wasAsked(): boolean {
    return this.flight !== undefined;
  }

  /** @param signal ends the wait of this caller, not the request, which others may be waiting for */
  async get(signal?: AbortSignal): Promise<T> {
    for (;;) {
      if (this.hasEnded) throw abortError();
      const flight = (this.flight ??= this.start());
      try {
        const value = await abortable(flight.answer, signal);
        if (this.flight === flight) return value;
      } catch (error) {
        if (this.flight === flight || signal?.aborted) throw error;
      }
    }
  }

  refresh(): void {
    this.flight?.controller.abort();
    this.flight = undefined;
  }

  /** Callers that wait get an abort. */
  end(): void {
    this.hasEnded = true;
    this.last = undefined;
    this.refresh();
  }

  private start() {
    const controller = new AbortController();
    // A request that ignores its signal must not keep its callers waiting.
    const answer = abortable(this.ask(controller.signal), controller.signal);
    const flight = { answer, controller };
    answer.then(
      (value) => {
        if (this.flight !== flight) return;
        this.last = { value };
        this.onAnswer(value);
      },
      () => undefined,
    );
    return flight;
  }
}
