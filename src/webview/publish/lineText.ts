import * as l10n from '@vscode/l10n';
import { formatCount, formatMilliseconds } from '../../core/base/numbers';
import { type IconName } from './icons';
import { type Line } from './api';

function outcome(line: Line): string {
  const { state, reason, acknowledgedMs } = line;
  switch (state) {
    case 'waiting':
      return reason ? l10n.t('Waiting: {0}', reason) : l10n.t('Waiting…');
    case 'failed':
      return reason ? l10n.t('Failed: {0}', reason) : l10n.t('Failed');
    case 'cancelled':
      return reason ? l10n.t('Canceled: {0}', reason) : l10n.t('Canceled');
    case 'sent':
      return l10n.t('Sent');
    case 'acknowledged':
      return acknowledgedMs === undefined
        ? l10n.t('Acknowledged')
        : l10n.t('Acknowledged after {0}', formatMilliseconds(acknowledgedMs));
  }
}

function arrival({ arrived, isAwaited }: Line): string | undefined {
  if (arrived)
    return l10n.t('Arrived at partition {0} after {1}', arrived.partition, formatMilliseconds(arrived.ms));
  return isAwaited ? l10n.t('Waiting for arrival…') : undefined;
}

/** The result of a message in words. */
export function lineText(line: Line): string {
  const { sends = 1 } = line;
  return [
    outcome(line),
    line.state === 'waiting' ? undefined : arrival(line),
    sends > 1 ? l10n.t('Sent {0} times because the connection was lost', formatCount(sends)) : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** The icon beside the text. */
export function lineIcon(line: Line): IconName {
  if (line.state === 'failed') return 'error';
  if (line.state === 'cancelled') return 'circleSlash';
  if (line.arrived) return 'checkAll';
  if (line.state === 'acknowledged') return 'check';
  return line.state === 'sent' ? 'send' : 'clock';
}

/** Whether the result is final. With QoS 0, `sent` is. */
export function isSettled(line: Line, qos: 0 | 1): boolean {
  if (line.state === 'failed' || line.state === 'cancelled') return true;
  return isDelivered(line, qos) && !(line.isAwaited && !line.arrived);
}

/** Whether the message is delivered, as far as the protocol reports it. */
export function isDelivered(line: Line, qos: 0 | 1): boolean {
  return line.state === 'acknowledged' || (line.state === 'sent' && qos === 0);
}
