import { type Settings } from '../../contributions';
import { type StartPosition } from '../../core/message/eventSource';

type StartFrom = Settings['monitor.startFrom'];

export const startText: Readonly<Record<StartFrom, string>> = {
  now: 'from now on',
  last5Minutes: 'from five minutes ago',
  lastHour: 'from an hour ago',
  earliest: 'from the oldest message that the hub still has',
};

export function startPosition(from: StartFrom, now: number): StartPosition {
  switch (from) {
    case 'now':
      return { kind: 'now' };
    case 'last5Minutes':
      return { kind: 'time', since: now - 5 * 60_000 };
    case 'lastHour':
      return { kind: 'time', since: now - 60 * 60_000 };
    case 'earliest':
      return { kind: 'earliest' };
  }
}
