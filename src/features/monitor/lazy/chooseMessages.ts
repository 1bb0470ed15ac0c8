import * as l10n from '@vscode/l10n';
import { filterHelp, parseMessageFilter } from '../../../core/message/messageFilter';
import { plainMessage } from '../../../core/errors';
import { askText, back, noBack, pickOne } from '../../../workbench/prompts';
import { type MonitorMemory, type StartFrom } from './monitorChoices';
import { type MonitorTarget } from './monitorTarget';
import { startLabel } from './startPosition';

/** Prompts for a message filter; an empty filter shows all messages. */
export async function askFilter(label: string, current: string): Promise<string> {
  return noBack(
    await askText({
      title: l10n.t('Filter Messages of {0}', label),
      value: current,
      placeholder: filterHelp,
      prompt: l10n.t(
        'Enter terms that must all match, for example: {0}. Leave empty to show all messages.',
        filterHelp,
      ),
      validate: problemOf,
    }),
  ).trim();
}

function problemOf(text: string): string | undefined {
  try {
    parseMessageFilter(text);
    return undefined;
  } catch (error) {
    return plainMessage(error);
  }
}

/** Prompts for the start position, and stores it for the next start unless it is a specific time. */
export async function askStart(target: MonitorTarget, memory: MonitorMemory): Promise<StartFrom> {
  const title = l10n.t('Start Monitoring {0} From', target.label);
  const presets = (['now', 'last5Minutes', 'last15Minutes', 'lastHour', 'earliest'] as const).map(
    (value) => ({ label: startLabel(value), value }),
  );
  for (;;) {
    const chosen = noBack(
      await pickOne<(typeof presets)[number]['value'] | 'time'>({
        title,
        placeholder: l10n.t('Select where to start'),
        choices: [...presets, { label: l10n.t('Specific time…'), value: 'time' }],
      }),
    );
    if (chosen !== 'time') {
      await memory.set(target, { startFrom: chosen });
      return chosen;
    }
    const typed = await askText({
      title,
      canGoBack: true,
      value: new Date(Date.now() - 3_600_000).toISOString(),
      prompt: l10n.t(
        'Enter a time in ISO 8601 format, for example 2026-11-24T08:00:00Z, or 2026-11-24 08:00 for local time',
      ),
      validate: (text) =>
        parsePastTime(text) === undefined ? l10n.t('Enter a valid time in the past.') : undefined,
    });
    const at = typed === back ? undefined : parsePastTime(typed);
    if (at !== undefined) return at;
  }
}

/** Milliseconds of a time in the past; `undefined` if the text is not one. */
export function parsePastTime(text: string): number | undefined {
  const at = /^\s*\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.trim().replace(' ', 'T')) : NaN;
  return Number.isNaN(at) || at > Date.now() ? undefined : at;
}
