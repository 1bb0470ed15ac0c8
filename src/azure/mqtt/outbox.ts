import { abortable, abortError } from '../../core/base/abort';
import { type IotError } from '../../core/errors';
import { type Delivery, type DeviceMessage } from '../../core/message/deviceSession';
import { type Link } from './link';

interface Entry {
  readonly message: DeviceMessage;
  readonly startedAt: number;
  sentAt: number;
  sends: number;
  readonly resolve: (delivery: Delivery) => void;
  readonly reject: (error: Error) => void;
}

/** The messages of a session: each stays until it is acknowledged, over as many connections as needed. */
export class Outbox {
  private queued = new Set<Entry>();
  /** Passed to the connection, in the order they were sent. */
  private readonly underWay = new Set<Entry>();
  private link: Link | undefined;
  private isPaused = false;
  private isSending = false;
  private ended: IotError | undefined;
  private readonly waiting = new Set<() => void>();
  private acknowledgedOnLink = 0;
  private progressAt = 0;

  constructor(private readonly maxInFlight: number) {}

  async ready(signal?: AbortSignal): Promise<void> {
    for (;;) {
      if (this.ended) throw this.ended;
      if (signal?.aborted) throw abortError();
      if (this.hasRoom()) return;
      await abortable(this.nextChange(), signal);
    }
  }

  publish(message: DeviceMessage, signal?: AbortSignal): Promise<Delivery> {
    if (this.ended) return Promise.reject(this.ended);
    if (signal?.aborted) return Promise.reject(abortError());
    return new Promise<Delivery>((resolve, reject) => {
      const settle = () => signal?.removeEventListener('abort', onAbort);
      const entry: Entry = {
        message,
        startedAt: performance.now(),
        sentAt: 0,
        sends: 0,
        resolve: (delivery) => {
          settle();
          resolve(delivery);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      const onAbort = () => {
        this.queued.delete(entry);
        this.underWay.delete(entry);
        reject(abortError());
        this.send();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.queued.add(entry);
      this.send();
    });
  }

  attach(link: Link): void {
    this.link = link;
    this.isPaused = false;
    this.acknowledgedOnLink = 0;
    this.progressAt = performance.now();
    this.send();
  }

  /** Sends nothing more; messages in flight may still be acknowledged. */
  pause(): void {
    this.isPaused = true;
  }

  /** Resolves when no message is in flight, or the connection is closed. */
  async drained(): Promise<void> {
    while (this.link && this.underWay.size > 0) await this.nextChange();
  }

  /** Takes back what the connection did not deliver, for the next one. */
  detach(): { readonly unacknowledged: number; readonly acknowledged: number } {
    const unacknowledged = this.underWay.size;
    this.link = undefined;
    this.queued = new Set([...this.underWay, ...this.queued]);
    this.underWay.clear();
    this.notifyChange();
    return { unacknowledged, acknowledged: this.acknowledgedOnLink };
  }

  end(reason: IotError): void {
    if (this.ended) return;
    this.ended = reason;
    this.link = undefined;
    const entries = [...this.underWay, ...this.queued];
    this.underWay.clear();
    this.queued.clear();
    for (const { reject } of entries) reject(reason);
    this.notifyChange();
  }

  /** How long the oldest message has been waiting, and how long no message was acknowledged meanwhile. */
  stalled(): { readonly oldestMs: number; readonly silentMs: number } {
    const [oldest] = this.underWay;
    if (!oldest) return { oldestMs: 0, silentMs: 0 };
    const now = performance.now();
    return { oldestMs: now - oldest.sentAt, silentMs: now - Math.max(oldest.sentAt, this.progressAt) };
  }

  private hasRoom(): boolean {
    return (
      this.link !== undefined && !this.isPaused && this.underWay.size + this.queued.size < this.maxInFlight
    );
  }

  private send(): void {
    // The socket may accept a message at once, which would recurse for each of them.
    if (this.isSending) return;
    this.isSending = true;
    for (const entry of this.queued) {
      const { link } = this;
      if (!link || this.isPaused || this.underWay.size >= this.maxInFlight) break;
      this.queued.delete(entry);
      this.underWay.add(entry);
      entry.sends++;
      entry.sentAt = performance.now();
      link.send(entry.message, () => this.done(entry, link));
    }
    this.isSending = false;
    this.notifyChange();
  }

  private done(entry: Entry, link: Link): void {
    if (link !== this.link) return;
    this.progressAt = performance.now();
    if (entry.message.qos === 1) this.acknowledgedOnLink++;
    if (!this.underWay.delete(entry)) return;
    entry.resolve({ acknowledgedMs: this.progressAt - entry.startedAt, sends: entry.sends });
    this.send();
  }

  private nextChange(): Promise<void> {
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  private notifyChange(): void {
    const listeners = [...this.waiting];
    this.waiting.clear();
    for (const notify of listeners) notify();
  }
}
