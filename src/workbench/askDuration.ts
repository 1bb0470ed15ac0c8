import { durationText, parseDuration } from '../core/base/durations';
import { back, noBack, pickOne, askText, type Back } from './prompts';

const presetSeconds = [600, 3_600, 28_800, 86_400, 2_592_000];

/** Asks how long a token should live; the default comes first. */
export async function askDuration(title: string, defaultSeconds: number): Promise<number> {
  const choices = [
    { label: durationText(defaultSeconds), description: 'default', value: defaultSeconds },
    ...presetSeconds
      .filter((seconds) => seconds !== defaultSeconds)
      .map((seconds) => ({ label: durationText(seconds), value: seconds })),
    { label: 'Another duration…', value: 0 },
  ];
  for (;;) {
    const seconds = noBack(
      await pickOne({ title, placeholder: 'How long should the token be valid?', choices }),
    );
    if (seconds > 0) return seconds;
    const typed: string | Back = await askText({
      title,
      canGoBack: true,
      prompt: 'How long should the token be valid? Seconds, or e.g. 90m, 12h, 7d',
      validate: (text) =>
        parseDuration(text) === undefined
          ? 'Type a number of seconds, or a number with m, h or d behind it.'
          : undefined,
    });
    const own = typed === back ? undefined : parseDuration(typed);
    if (own !== undefined) return own;
  }
}
