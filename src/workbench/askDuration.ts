import { back, noBack, pickOne, askText, type Back } from './prompts';

const presets: readonly { readonly label: string; readonly seconds: number }[] = [
  { label: '10 minutes', seconds: 600 },
  { label: '1 hour', seconds: 3_600 },
  { label: '8 hours', seconds: 28_800 },
  { label: '1 day', seconds: 86_400 },
  { label: '30 days', seconds: 2_592_000 },
];

/** Asks how long a token should live; the default comes first. */
export async function askDuration(title: string, defaultSeconds: number): Promise<number> {
  const choices = [
    { label: durationText(defaultSeconds), description: 'default', value: defaultSeconds },
    ...presets
      .filter(({ seconds }) => seconds !== defaultSeconds)
      .map(({ label, seconds }) => ({ label, value: seconds })),
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

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };

export function parseDuration(text: string): number | undefined {
  const match = /^\s*(\d{1,9})\s*([smhd]?)\s*$/i.exec(text);
  const seconds = Number(match?.[1]) * (unitSeconds[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN);
  return seconds > 0 ? seconds : undefined;
}

export function durationText(seconds: number): string {
  const preset = presets.find((candidate) => candidate.seconds === seconds);
  if (preset) return preset.label;
  if (seconds % 3_600 === 0) return `${seconds / 3_600} hours`;
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
}
