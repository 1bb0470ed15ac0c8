import * as l10n from '@vscode/l10n';
import { formatCount, formatMilliseconds } from '../../core/base/numbers';
import { type IconName } from './icons';
import { type SendResult } from './api';

function outcome(result: SendResult): string {
  const { state, reason, acknowledgedMs } = result;
  switch (state) {
    case 'waiting':
      return reason ? l10n.t('Waiting: {0}', reason) : l10n.t('Waiting…');
    case 'failed':
      return reason ? l10n.t('Failed: {0}', reason) : l10n.t('Failed');
    case 'canceled':
      return reason ? l10n.t('Canceled: {0}', reason) : l10n.t('Canceled');
    case 'sent':
      return l10n.t('Sent');
    case 'acknowledged':
      return acknowledgedMs === undefined
        ? l10n.t('Acknowledged')
        : l10n.t('Acknowledged after {0}', formatMilliseconds(acknowledgedMs));
  }
}

function arrival({ arrived, isAwaited }: SendResult): string | undefined {
  if (arrived)
    return l10n.t('Arrived at partition {0} after {1}', arrived.partition, formatMilliseconds(arrived.ms));
  return isAwaited ? l10n.t('Waiting for arrival…') : undefined;
}

/** The result of a message in words. */
export function sendResultText(result: SendResult): string {
  const { sends = 1 } = result;
  return [
    outcome(result),
    result.state === 'waiting' ? undefined : arrival(result),
    sends > 1 ? l10n.t('Sent {0} times because the connection was lost', formatCount(sends)) : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** The icon beside the text. */
export function sendResultIcon(result: SendResult): IconName {
  if (result.state === 'failed') return 'error';
  if (result.state === 'canceled') return 'circleSlash';
  if (result.arrived) return 'checkAll';
  if (result.state === 'acknowledged') return 'check';
  return result.state === 'sent' ? 'send' : 'clock';
}

/** Whether the result is final. With QoS 0, `sent` is. */
export function isSettled(result: SendResult, qos: 0 | 1): boolean {
  if (result.state === 'failed' || result.state === 'canceled') return true;
  return isDelivered(result, qos) && !(result.isAwaited && !result.arrived);
}

/** Whether the message is delivered, as far as the protocol reports it. */
export function isDelivered(result: SendResult, qos: 0 | 1): boolean {
  return result.state === 'acknowledged' || (result.state === 'sent' && qos === 0);
}
