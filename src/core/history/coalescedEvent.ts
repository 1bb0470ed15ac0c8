import { Emitter } from '../base/event';

/** An event that fires once for many changes in one turn of the event loop. */
export class CoalescedEvent {
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
