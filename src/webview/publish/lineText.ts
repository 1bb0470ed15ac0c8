import { formatCount, formatMilliseconds } from '../../core/base/numbers';
import { type IconName } from './icons';
import { type Line } from './api';

function outcome(line: Line): string {
  switch (line.state) {
    case 'waiting':
      return line.reason ? `waiting: ${line.reason}` : 'waiting…';
    case 'failed':
      return line.reason ? `failed: ${line.reason}` : 'failed';
    case 'cancelled':
      return line.reason ? `cancelled: ${line.reason}` : 'cancelled';
    case 'sent':
      return 'sent';
    case 'acknowledged':
      return line.acknowledgedMs === undefined
        ? 'acknowledged'
        : `acknowledged after ${formatMilliseconds(line.acknowledgedMs)}`;
  }
}

function arrival({ arrived, isAwaited }: Line): string | undefined {
  if (arrived) return `arrived at partition ${arrived.partition} after ${formatMilliseconds(arrived.ms)}`;
  return isAwaited ? 'waiting for its arrival…' : undefined;
}

/** What became of a message, in words. */
export function lineText(line: Line): string {
  const sends = line.sends ?? 1;
  const times = sends === 2 ? 'twice' : `${formatCount(sends)} times`;
  return [
    outcome(line),
    line.state === 'waiting' ? undefined : arrival(line),
    sends > 1 ? `sent ${times} after a broken connection` : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** The icon beside the words. */
export function lineIcon(line: Line): IconName {
  if (line.state === 'failed') return 'error';
  if (line.state === 'cancelled') return 'circleSlash';
  if (line.arrived) return 'checkAll';
  if (line.state === 'acknowledged') return 'check';
  return line.state === 'sent' ? 'send' : 'clock';
}

/** Whether nothing more will happen to it. With QoS 0 nothing follows `sent`. */
export function isSettled(line: Line, qos: 0 | 1): boolean {
  if (line.state === 'failed' || line.state === 'cancelled') return true;
  return isDelivered(line, qos) && !(line.isAwaited && !line.arrived);
}

/** Whether the hub has it, as far as the protocol tells. */
export function isDelivered(line: Line, qos: 0 | 1): boolean {
  return line.state === 'acknowledged' || (line.state === 'sent' && qos === 0);
}
