import { checkMessage } from './messageSections';
import rhea, { type AmqpError, type Connection, type Receiver, type Sender, type Session } from 'rhea';

/** The parts of rhea 3.0 that a server needs and its typings omit; only this file uses them. */
interface SenderInternals {
  readonly credit: number;
  readonly local: { readonly attach: { snd_settle_mode: number } };
  readonly session: {
    readonly outgoing: { available(): number; transfer_window(): number };
  };
  readonly connection: { _register(): void };
}

interface DispositionFields {
  first: number;
  last?: number;
  readonly role: boolean;
  state?: { readonly descriptor?: { readonly value: unknown } } | null;
}

interface Deliveries {
  readonly size: number;
  get_head(): { readonly id: number } | undefined;
}

interface LinkInternals {
  readonly name: string;
  readonly credit: number;
  readonly remote: { handle?: number };
  on_flow: (frame: unknown) => void;
  is_sender(): boolean;
  is_remote_open(): boolean;
}

interface AttachFields {
  readonly name: string;
  readonly handle: number;
  readonly role: unknown;
}

interface SessionInternals {
  links: Record<string, LinkInternals | undefined>;
  on_attach: (frame: { readonly performative: AttachFields }) => void;
  remove_link: (link: LinkInternals) => void;
  readonly local: { readonly begin: { handle_max: number } };
  readonly outgoing: { readonly deliveries: Deliveries; readonly next_pending_delivery: number };
  readonly incoming: { readonly deliveries: Deliveries };
  readonly remote: { readonly handles: Record<number, LinkInternals | undefined> };
  on_disposition: (frame: { readonly performative: DispositionFields }) => void;
}

interface EndpointState {
  readonly initialised: boolean;
  open(): boolean;
  close(): boolean;
  need_open(): boolean;
  need_close(): boolean;
}

interface Performative {
  readonly value: unknown[];
}

interface ConnectionInternals {
  readonly state: EndpointState;
  readonly local: { readonly close: { error?: AmqpError } };
  readonly remote: { readonly open?: { idle_time_out?: number | null } };
  readonly remote_channel_map: Readonly<Record<number, SessionInternals | undefined>>;
  _process: () => void;
  _write_open: () => void;
  _write_close: () => void;
  _write_frame: (channel?: number, performative?: Performative, payload?: Buffer) => void;
}

interface ReaderInternals {
  /** Of all arrays that were read so far. */
  emptyItems?: number;
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

/** Whether a message can be queued that the peer's credit and window do not allow yet; rhea throws beyond its buffer. */
export const hasQueueRoom = (sender: Sender): boolean => internals(sender).session.outgoing.available() > 0;

/** The link sends settled deliveries (AMQP 2.8.2), so that no delivery state has to be kept. */
export function presettle(sender: Sender): void {
  internals(sender).local.attach.snd_settle_mode = 1;
}

/** An ATTACH without properties is a null, which `azure-eventhub` for Python cannot read. */
export function presentProperties(link: Sender | Receiver): void {
  const { local } = link as unknown as { local: { attach: { properties?: object } } };
  local.attach.properties = {};
}

/** AMQP 2.6.7: consumes the credit of a draining link, which rhea does not do by itself. */
export function drained(sender: Sender): void {
  sender.set_drained(true);
  internals(sender).connection._register();
}

/** Adapts a session that the peer has begun. */
export function prepareSession(session: Session): void {
  const target = session as unknown as SessionInternals;
  // A link name may be any text, also that of a member of every object.
  target.links = Object.create(null) as SessionInternals['links'];
  keepLinks(target);
  // rhea's default is a null, which some clients cannot read.
  target.local.begin.handle_max = 0xffff_ffff;
  boundDispositions(target);
}

/**
 * The name of a link is unique per direction (AMQP 2.6.1), and its name and handle are free again after DETACH. rhea keeps
 * links by name alone, also for a turn after DETACH, and keeps all handles.
 */
function keepLinks(session: SessionInternals): void {
  const { links, on_attach: attach, remove_link: remove } = session;
  const { handles } = session.remote;
  const renamed = new Map<LinkInternals, string>();
  let count = 0;
  session.on_attach = (frame) => {
    const { name, handle, role } = frame.performative;
    const other = links[name];
    // The receiver of the peer is a sender of the hub.
    if (other && (other.is_sender() !== Boolean(role) || !other.is_remote_open())) {
      Reflect.deleteProperty(links, name);
      const key = `${name}\0${count++}`;
      renamed.set(other, key);
      links[key] = other;
    }
    attach.call(session, frame);
    const link = handles[handle];
    if (!link) return;
    link.remote.handle = handle;
    // The flow of a sender changes nothing here, but rhea would take its credit from it.
    if (!link.is_sender()) link.on_flow = () => undefined;
  };
  session.remove_link = (link) => {
    const { name, remote } = link;
    const { handle } = remote;
    const sameName = links[name];
    const sameHandle = handle === undefined ? undefined : handles[handle];
    remove.call(session, link);
    if (sameName && sameName !== link) links[name] = sameName;
    if (handle !== undefined && sameHandle && sameHandle !== link) handles[handle] = sameHandle;
    const key = renamed.get(link);
    if (key === undefined) return;
    renamed.delete(link);
    Reflect.deleteProperty(links, key);
  };
}

/** rhea iterates over a disposition's range: one frame with a range of 2^32 would block the process. */
function boundDispositions(session: SessionInternals): void {
  const original = session.on_disposition.bind(session);
  session.on_disposition = (frame) => {
    const { performative } = frame;
    const { deliveries } = performative.role ? session.outgoing : session.incoming;
    const head = deliveries.get_head();
    if (!head) return;
    // A delivery that is not sent yet cannot be settled; rhea would never send another one.
    const end = performative.role ? session.outgoing.next_pending_delivery : head.id + deliveries.size;
    const last = Math.min(performative.last ?? performative.first, end - 1);
    performative.first = Math.max(performative.first, head.id);
    performative.last = last;
    // rhea writes other states to the console.
    if (!outcomes.has(performative.state?.descriptor?.value)) performative.state = undefined;
    if (performative.first <= last) original(frame);
  };
}

const outcomes: ReadonlySet<unknown> = new Set([
  ...[0x24, 0x25, 0x26, 0x27],
  ...['accepted', 'rejected', 'released', 'modified'].map((name) => `amqp:${name}:list`),
]);

/** Credit of the peer on a link: the number of deliveries that it may send now. */
export function creditOf(connection: Connection, channel: number, handle: number): number {
  const { remote_channel_map: sessions } = connection as unknown as ConnectionInternals;
  return sessions[channel]?.remote.handles[handle]?.credit ?? 0;
}

/** rhea works in later turns of the event loop, where nothing would catch an error. */
export function guardTurns(connection: Connection, onError: (error: unknown) => void): void {
  const target = connection as unknown as ConnectionInternals;
  const original = target._process.bind(target);
  target._process = () => {
    try {
      original();
    } catch (error) {
      onError(error);
    }
  };
}

/** Number of fields of each performative, by its prototype. */
const fieldCounts = new WeakMap<object, number>();

function fieldCount(performative: Performative): number {
  const prototype = Object.getPrototypeOf(performative) as object;
  let count = fieldCounts.get(prototype);
  if (count === undefined) {
    count = Object.values(Object.getOwnPropertyDescriptors(prototype)).filter(
      (property) => property.get !== undefined,
    ).length;
    fieldCounts.set(prototype, count);
  }
  return count;
}

/** rhea omits trailing nulls (AMQP 1.4 allows it), which `azure-eventhub` for Python cannot read. */
export function writeAllFields(connection: Connection): void {
  const target = connection as unknown as ConnectionInternals;
  const original = target._write_frame.bind(target);
  target._write_frame = (channel, performative, payload) => {
    if (performative) {
      const count = fieldCount(performative);
      while (performative.value.length < count) performative.value.push(undefined);
    }
    original(channel, performative, payload);
  };
}

/** rhea's timer overflows to one millisecond above 2^31 and would send hundreds of frames a second. */
export function limitIdleTimeout(connection: Connection): void {
  const { open } = (connection as unknown as ConnectionInternals).remote;
  if (open?.idle_time_out) open.idle_time_out = Math.min(open.idle_time_out, maxIdleTimeoutMs);
}

const maxIdleTimeoutMs = 3_600_000;

/** Writes CLOSE at once, without what else is left to write: that may be what fails. */
export function closeAtOnce(connection: Connection, error: AmqpErrorInfo): void {
  const target = connection as unknown as ConnectionInternals;
  // Before CLOSE there is always an OPEN (AMQP 2.4.1), even if that of the client was not valid.
  if (!target.state.initialised) target.state.open();
  if (!target.state.close()) return;
  if (target.state.need_open()) target._write_open();
  target.local.close.error = error;
  if (target.state.need_close()) target._write_close();
}

/** Items without a value, in all arrays of a frame or message. */
const maxEmptyItems = 1024;

let bounded = false;

/** Decodes only messages whose sections rhea knows. */
function checkMessages(): void {
  const { message } = rhea as unknown as { message: { decode: (bytes: Buffer) => unknown } };
  const { decode } = message;
  message.decode = (bytes) => {
    checkMessage(bytes);
    return decode.call(message, bytes);
  };
}

/**
 * rhea trusts the element counts in a frame and allocates memory for them. Each element has at least one byte, except in
 * an array of a type without a value (AMQP 1.6: null, true, zero).
 */
export function boundReader(): void {
  if (bounded) return;
  bounded = true;
  checkMessages();
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
    if (type.width === 0) {
      this.emptyItems = (this.emptyItems ?? 0) + count;
      check(this, this.emptyItems, maxEmptyItems);
    } else {
      check(this, count, this.remaining());
    }
    return readArray.call(this, count, type);
  };
}

/** The error in a DETACH or CLOSE. */
export interface AmqpErrorInfo extends AmqpError {
  readonly condition: string;
  readonly description: string;
}
