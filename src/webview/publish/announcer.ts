import * as l10n from '@vscode/l10n';
import { formatCount } from '../../core/base/numbers';
import { type SendResult, type Point, type RunState } from './api';
import { isDelivered, isSettled, sendResultText } from './sendResultText';

const quietMs = 5_000;
/** How long an arrival is awaited before the acknowledgment alone is announced. */
const arrivalMs = 2_000;

interface Sending {
  readonly afterId: number;
  readonly messages: number;
  readonly qos: 0 | 1;
  hasAnnouncedDelivery: boolean;
  timer?: ReturnType<typeof setTimeout>;
}

/** Announces progress and results to screen readers, in few sentences. */
export class Announcer {
  #sending: Sending | undefined;
  #announcedAt = 0;
  #point: Point | undefined;
  #isRunning = false;

  constructor(private readonly announce: (text: string) => void) {}

  /** Messages are being sent; their results are announced once they are known. */
  sends(afterId: number, messages: number, qos: 0 | 1): void {
    clearTimeout(this.#sending?.timer);
    this.#sending = { afterId, messages, qos, hasAnnouncedDelivery: false };
  }

  results(results: readonly SendResult[]): void {
    const sending = this.#sending;
    if (!sending) return;
    const own = results.filter((result) => result.id > sending.afterId).slice(0, sending.messages);
    if (own.length < sending.messages) return;
    if (own.every((result) => isSettled(result, sending.qos))) {
      clearTimeout(sending.timer);
      this.#sending = undefined;
      this.announce(summary(own));
      return;
    }
    const isOut = own.every((result) => isDelivered(result, sending.qos) || isSettled(result, sending.qos));
    if (!isOut || sending.hasAnnouncedDelivery) return;
    sending.hasAnnouncedDelivery = true;
    sending.timer = setTimeout(() => this.announce(summary(own)), arrivalMs);
  }

  point(point: Point): void {
    this.#point = point;
    const now = Date.now();
    if (!this.#isRunning || now - this.#announcedAt < quietMs) return;
    this.#announcedAt = now;
    this.announce(l10n.t('{0} sent, {1} acknowledged, {2} failed', ...totals(point)));
  }

  run(run: RunState): void {
    const isRunning = run.kind === 'running' || (this.#isRunning && run.kind === 'stopping');
    if (this.#isRunning && !isRunning && this.#point)
      this.announce(l10n.t('Finished: {0} sent, {1} acknowledged, {2} failed', ...totals(this.#point)));
    if (!this.#isRunning && isRunning) {
      this.#point = undefined;
      this.#announcedAt = Date.now();
    }
    this.#isRunning = isRunning;
  }
}

const totals = ({ sent, acknowledged, failed }: Point) =>
  [formatCount(sent), formatCount(acknowledged), formatCount(failed)] as const;

function summary(results: readonly SendResult[]): string {
  const [first] = results;
  if (results.length === 1 && first) return sendResultText(first);
  const count = (test: (result: SendResult) => boolean): string => formatCount(results.filter(test).length);
  return l10n.t(
    '{0} messages: {1} acknowledged, {2} arrived, {3} failed',
    formatCount(results.length),
    count((result) => result.state === 'acknowledged'),
    count((result) => result.arrived !== undefined),
    count((result) => result.state === 'failed' || result.state === 'canceled'),
  );
}
