import rhea, { type AmqpError, type Sender, type Session } from 'rhea';

/** The parts of rhea 3.0 that a server needs and its typings omit; only this file uses them. */
interface SenderInternals {
  readonly credit: number;
  readonly local: { readonly attach: { snd_settle_mode: number } };
  readonly session: {
    readonly outgoing: { available(): number; transfer_window(): number };
  };
  readonly connection: { _register(): void };
}

interface SessionInternals {
  on_disposition: (frame: {
    readonly performative: { readonly first: number; readonly last?: number };
  }) => void;
}

interface ReaderInternals {
  readonly remaining: () => number;
  read_n: (this: ReaderInternals, count: number) => unknown[];
  read_array_items: (this: ReaderInternals, count: number, type: { readonly width: number }) => unknown[];
}

const internals = (sender: Sender): SenderInternals => sender as unknown as SenderInternals;

/** How many deliveries can be sent now; `blocked` if only the session window prevents more. */
export function sendRoom(sender: Sender): { readonly count: number; readonly blocked: boolean } {
  const { credit, session } = internals(sender);
  if (!(credit > 0)) return { count: 0, blocked: false };
  // rhea queues what exceeds the peer's session window, and then one link blocks all others; beyond its own
  // buffer it throws. Neither happens within these two limits.
  const window = session.outgoing.transfer_window();
  const count = Math.min(credit, session.outgoing.available(), Number.isNaN(window) ? 0 : window);
  return { count: Math.max(0, count), blocked: count <= 0 };
}

/** The link sends settled deliveries (AMQP 2.8.2), so that no delivery state has to be kept. */
export function presettle(sender: Sender): void {
  internals(sender).local.attach.snd_settle_mode = 1;
}

/** AMQP 2.6.7: consumes the credit of a draining link, which rhea does not do by itself. */
export function drained(sender: Sender): void {
  sender.set_drained(true);
  internals(sender).connection._register();
}

const maxDispositionRange = 65_536;

/** rhea iterates over a disposition's range: one frame with a range of 2^32 would block the process. */
export function boundDispositions(session: Session): void {
  const target = session as unknown as SessionInternals;
  const original = target.on_disposition.bind(target);
  target.on_disposition = (frame) => {
    const { first, last } = frame.performative;
    if (last !== undefined && last !== null && !(last - first < maxDispositionRange)) {
      throw new Error('a disposition covers too many deliveries');
    }
    original(frame);
  };
}

let bounded = false;

/**
 * rhea trusts the element counts in a frame and allocates memory for them. Each element has at least one byte, except in
 * an array of a type without a value (AMQP 1.6: null, true, zero).
 */
export function boundReader(): void {
  if (bounded) return;
  bounded = true;
  const { prototype } = (rhea.types as unknown as { Reader: { prototype: ReaderInternals } }).Reader;
  const { read_n: readList, read_array_items: readArray } = prototype;
  const check = (reader: ReaderInternals, count: number, limit: number): void => {
    if (count > limit) throw new Error(`a value states ${count} elements in ${reader.remaining()} bytes`);
  };
  prototype.read_n = function (count) {
    check(this, count, this.remaining());
    return readList.call(this, count);
  };
  prototype.read_array_items = function (count, type) {
    check(this, count, type.width === 0 ? 1024 : this.remaining());
    return readArray.call(this, count, type);
  };
}

/** The error in a DETACH or CLOSE. */
export interface AmqpErrorInfo extends AmqpError {
  readonly condition: string;
  readonly description: string;
}
