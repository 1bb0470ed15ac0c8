import { type Settings } from '../../../contributions';
import { type StartPosition } from '../../../core/message/eventSource';
import { type StartFrom } from './monitorChoices';

export const startText: Readonly<Record<Settings['monitor.startFrom'], string>> = {
  now: 'from now on',
  last5Minutes: 'from five minutes ago',
  last15Minutes: 'from fifteen minutes ago',
  lastHour: 'from an hour ago',
  earliest: 'from the oldest message that the hub still has',
};

const minutes: Readonly<Partial<Record<Settings['monitor.startFrom'], number>>> = {
  last5Minutes: 5,
  last15Minutes: 15,
  lastHour: 60,
};

export function startPosition(from: StartFrom, now: number): StartPosition {
  if (typeof from === 'number') return { kind: 'time', since: from };
  if (from === 'now' || from === 'earliest') return { kind: from };
  return { kind: 'time', since: now - (minutes[from] ?? 0) * 60_000 };
}

export const startSentence = (from: StartFrom) =>
  typeof from === 'number' ? `from ${new Date(from).toISOString()}` : startText[from];
