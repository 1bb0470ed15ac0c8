import { formatCount } from '../../core/base/numbers';
import { type Line, type Point, type RunState } from './api';
import { isDelivered, isSettled, lineText } from './lineText';

const quietMs = 5_000;
/** How long an acknowledged message may look for its arrival before the acknowledgement is told. */
const arrivalMs = 2_000;

interface Sending {
  readonly afterId: number;
  readonly messages: number;
  readonly qos: 0 | 1;
  toldDelivery: boolean;
  timer?: ReturnType<typeof setTimeout>;
}

/** Makes the few sentences that a screen reader hears of what is going on. */
export class Announcer {
  #sending: Sending | undefined;
  #toldAt = 0;
  #point: Point | undefined;
  #isRunning = false;

  constructor(private readonly say: (text: string) => void) {}

  /** Messages were asked for; what becomes of them is told once it is known. */
  sends(afterId: number, messages: number, qos: 0 | 1): void {
    clearTimeout(this.#sending?.timer);
    this.#sending = { afterId, messages, qos, toldDelivery: false };
  }

  lines(lines: readonly Line[]): void {
    const sending = this.#sending;
    if (!sending) return;
    const own = lines.filter((line) => line.id > sending.afterId).slice(0, sending.messages);
    if (own.length < sending.messages) return;
    if (own.every((line) => isSettled(line, sending.qos))) {
      clearTimeout(sending.timer);
      this.#sending = undefined;
      this.say(summary(own));
      return;
    }
    const isOut = own.every((line) => isDelivered(line, sending.qos) || isSettled(line, sending.qos));
    if (!isOut || sending.toldDelivery) return;
    sending.toldDelivery = true;
    sending.timer = setTimeout(() => this.say(summary(own)), arrivalMs);
  }

  point(point: Point): void {
    this.#point = point;
    const now = Date.now();
    if (!this.#isRunning || now - this.#toldAt < quietMs) return;
    this.#toldAt = now;
    this.say(totals(point));
  }

  run(run: RunState): void {
    const isRunning = run.kind === 'running' || (this.#isRunning && run.kind === 'stopping');
    if (this.#isRunning && !isRunning && this.#point) this.say(`Finished: ${totals(this.#point)}`);
    if (!this.#isRunning && isRunning) {
      this.#point = undefined;
      this.#toldAt = Date.now();
    }
    this.#isRunning = isRunning;
  }
}

const totals = ({ sent, acknowledged, failed }: Point): string =>
  `${formatCount(sent)} sent, ${formatCount(acknowledged)} acknowledged, ${formatCount(failed)} failed`;

function summary(lines: readonly Line[]): string {
  const [first] = lines;
  if (lines.length === 1 && first) {
    const text = lineText(first);
    return first.state === 'failed' || first.state === 'cancelled' || first.state === 'sent'
      ? text.charAt(0).toUpperCase() + text.slice(1)
      : `Sent: ${text}`;
  }
  const of = (test: (line: Line) => boolean): string => formatCount(lines.filter(test).length);
  const acknowledged = of((line) => line.state === 'acknowledged');
  const arrived = of((line) => line.arrived !== undefined);
  const failed = of((line) => line.state === 'failed' || line.state === 'cancelled');
  return `${formatCount(lines.length)} messages: ${acknowledged} acknowledged, ${arrived} arrived, ${failed} failed`;
}
