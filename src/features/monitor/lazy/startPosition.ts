import * as l10n from '@vscode/l10n';
import { type Settings } from '../../../contributions';
import { type StartPosition } from '../../../core/message/eventSource';
import { type StartFrom } from './monitorChoices';

/** Label of a start position: `Last 5 minutes`. */
export function startLabel(from: Settings['monitor.startFrom']): string {
  switch (from) {
    case 'now':
      return l10n.t('New messages only');
    case 'last5Minutes':
      return l10n.t('Last 5 minutes');
    case 'last15Minutes':
      return l10n.t('Last 15 minutes');
    case 'lastHour':
      return l10n.t('Last hour');
    case 'earliest':
      return l10n.t('All retained messages');
  }
}

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

/** Where monitoring starts, for a notice in the channel. */
export const startDescription = (from: StartFrom): string =>
  typeof from === 'number' ? new Date(from).toISOString() : startLabel(from);
