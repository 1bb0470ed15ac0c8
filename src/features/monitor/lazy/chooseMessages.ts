import { filterHelp, parseMessageFilter } from '../../../core/message/messageFilter';
import { plainMessage } from '../../../core/errors';
import { askText, back, noBack, pickOne } from '../../../workbench/prompts';
import { type MonitorMemory, type StartFrom } from './monitorChoices';
import { type MonitorTarget } from './monitorTarget';
import { startText } from './startPosition';

/** Asks which messages are shown; an empty filter shows all. */
export async function askFilter(label: string, current: string): Promise<string> {
  return noBack(
    await askText({
      title: `Filter Messages of ${label}`,
      value: current,
      placeholder: filterHelp,
      prompt: `Terms that all have to hold, for example: ${filterHelp}. Empty: all messages.`,
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

/** Asks where reading begins, and keeps what is no single moment for the next time. */
export async function askStart(target: MonitorTarget, memory: MonitorMemory): Promise<StartFrom> {
  const title = `Start Monitoring ${target.label} From`;
  const presets = (['now', 'last5Minutes', 'last15Minutes', 'lastHour', 'earliest'] as const).map(
    (value) => ({
      label: startText[value].replace(/^from /, '').replace(/^./, (first) => first.toUpperCase()),
      value,
    }),
  );
  for (;;) {
    const chosen = noBack(
      await pickOne<(typeof presets)[number]['value'] | 'time'>({
        title,
        placeholder: 'Which messages should be shown?',
        choices: [...presets, { label: 'A time…', value: 'time' }],
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
      prompt: 'A time in ISO 8601, for example 2026-11-24T08:00:00Z, or 2026-11-24 08:00 in local time',
      validate: (text) => (timeOf(text) === undefined ? 'This is no time in the past.' : undefined),
    });
    const at = typed === back ? undefined : timeOf(typed);
    if (at !== undefined) return at;
  }
}

export function timeOf(text: string): number | undefined {
  const at = /^\s*\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.trim().replace(' ', 'T')) : NaN;
  return Number.isNaN(at) || at > Date.now() ? undefined : at;
}
