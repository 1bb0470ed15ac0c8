import * as l10n from '@vscode/l10n';
import { durationText, parseDuration } from '../core/base/durations';
import { back, noBack, pickOne, askText, type Back } from './prompts';

const presetSeconds = [600, 3_600, 28_800, 86_400, 2_592_000];

/** Asks for the lifetime of a token; the default comes first. */
export async function askDuration(title: string, defaultSeconds: number): Promise<number> {
  const choices = [
    { label: durationText(defaultSeconds), description: l10n.t('default'), value: defaultSeconds },
    ...presetSeconds
      .filter((seconds) => seconds !== defaultSeconds)
      .map((seconds) => ({ label: durationText(seconds), value: seconds })),
    { label: l10n.t('Another duration…'), value: 0 },
  ];
  for (;;) {
    const seconds = noBack(
      await pickOne({ title, placeholder: l10n.t('Select how long the token is valid'), choices }),
    );
    if (seconds > 0) return seconds;
    const typed: string | Back = await askText({
      title,
      canGoBack: true,
      prompt: l10n.t('Enter how long the token is valid, in seconds or as in 90m, 12h, or 7d'),
      validate: (text) =>
        parseDuration(text) === undefined
          ? l10n.t('Enter a number of seconds, or a number followed by m, h, or d.')
          : undefined,
    });
    const own = typed === back ? undefined : parseDuration(typed);
    if (own !== undefined) return own;
  }
}
