import * as l10n from '@vscode/l10n';

/** A variable or function that is available in expressions. */
export interface GeneratorEntry {
  readonly signature: string;
  readonly description: string;
  readonly example: string;
}

const row = (signature: string, description: string, example: string): GeneratorEntry => ({
  signature,
  description,
  example,
});

/** The variables and functions that this extension provides, most common first. */
export const generatorReference = (): readonly GeneratorEntry[] => [
  row('deviceId', l10n.t('ID of the sending device'), '{{ deviceId }}'),
  row(
    'deviceIndex',
    l10n.t('Index of the device among all sending devices, starting at 0'),
    '{{ deviceIndex + 1 }}',
  ),
  row('n', l10n.t('Sequence number of the message for this device, starting at 1'), '{{ n }}'),
  row('now()', l10n.t('Current UTC time in ISO 8601 format with milliseconds'), '{{ now() }}'),
  row('epoch()', l10n.t('Current time in seconds since 1970'), '{{ epoch() }}'),
  row('epochMs()', l10n.t('Current time in milliseconds since 1970'), '{{ epochMs() }}'),
  row('random(min, max)', l10n.t('Random number in the range, with 2 decimals'), '{{ random(20, 30) }}'),
  row(
    'random(min, max, digits)',
    l10n.t('Random number in the range, with the specified number of decimals'),
    '{{ random(20, 30, 4) }}',
  ),
  row('randomInt(min, max)', l10n.t('Random integer in the range, inclusive'), '{{ randomInt(1, 6) }}'),
  row(
    'walk(start, step)',
    l10n.t('Random walk: changes by at most one step per message, with 2 decimals'),
    '{{ walk(21, 0.5) }}',
  ),
  row(
    'walk(start, step, min, max)',
    l10n.t('Random walk: changes by at most one step per message, within the range'),
    '{{ walk(21, 0.5, 15, 30) }}',
  ),
  row(
    'sine(mean, amplitude, periodSeconds)',
    l10n.t('Sine wave over time, with a phase shift for each device'),
    '{{ sine(20, 5, 3600) }}',
  ),
  row('counter(start, step)', l10n.t('Counter that increases with each message'), '{{ counter(100, 5) }}'),
  row(
    'sequence(list)',
    l10n.t('Next element of the list with each message, repeating'),
    '{{ sequence(["on", "off"]) }}',
  ),
  row('pick(list)', l10n.t('Random element of the list'), '{{ pick(["low", "high"]) }}'),
  row('chance(p)', l10n.t('True with probability p, from 0 to 1'), '{{ chance(0.05) }}'),
  row('bool()', l10n.t('Random true or false'), '{{ bool() }}'),
  row('round(x, digits)', l10n.t('Rounds to the specified number of decimals'), '{{ round(n * 0.333, 1) }}'),
  row('uuid()', l10n.t('Random UUID'), '{{ uuid() }}'),
  row('hex(bytes)', l10n.t('Random bytes as hexadecimal digits'), '{{ hex(8) }}'),
  row('firstName()', l10n.t('Random first name'), '{{ firstName() }}'),
  row('lastName()', l10n.t('Random last name'), '{{ lastName() }}'),
  row('fullName()', l10n.t('Random first and last name'), '{{ fullName() }}'),
  row('city()', l10n.t('Random city'), '{{ city() }}'),
  row('word()', l10n.t('Random English word'), '{{ word() }}'),
];

/** The signatures of a function, `['random(min, max)', …]`; empty if there is no such function. */
export function signaturesOf(name: string): readonly string[] {
  return generatorReference()
    .filter(({ signature }) => signature.startsWith(`${name}(`))
    .map(({ signature }) => signature);
}
