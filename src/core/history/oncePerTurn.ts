import { Emitter } from '../base/event';

/** Many changes of one turn of the event loop are told once. */
export class OncePerTurn {
  private readonly emitter = new Emitter<void>();
  private waiting: NodeJS.Immediate | undefined;
  readonly event = this.emitter.event;

  soon(): void {
    this.waiting ??= setImmediate(() => {
      this.waiting = undefined;
      this.emitter.fire();
    });
  }

  dispose(): void {
    clearImmediate(this.waiting);
    this.emitter.dispose();
  }
}
