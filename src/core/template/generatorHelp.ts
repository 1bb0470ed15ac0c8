/** One name that expressions know. */
export interface GeneratorHelp {
  readonly signature: string;
  readonly description: string;
  readonly example: string;
}

const row = (signature: string, description: string, example: string): GeneratorHelp => ({
  signature,
  description,
  example,
});

/** Every variable and function of ours, in the order in which a person would look for them. */
export const generatorHelp: readonly GeneratorHelp[] = [
  row('deviceId', 'The id of the device that sends', '{{ deviceId }}'),
  row('deviceIndex', 'The place of the device among all that send, from 0', '{{ deviceIndex + 1 }}'),
  row('n', 'The number of this message of this device, from 1', '{{ n }}'),
  row('now()', 'The time in UTC, ISO 8601 with milliseconds', '{{ now() }}'),
  row('epoch()', 'The time in seconds since 1970', '{{ epoch() }}'),
  row('epochMs()', 'The time in milliseconds since 1970', '{{ epochMs() }}'),
  row('random(min, max)', 'A number between, with 2 decimals', '{{ random(20, 30) }}'),
  row('random(min, max, digits)', 'A number between, with so many decimals', '{{ random(20, 30, 4) }}'),
  row('randomInt(min, max)', 'A whole number between, both included', '{{ randomInt(1, 6) }}'),
  row(
    'walk(start, step)',
    'Moves by up to one step from message to message, with 2 decimals',
    '{{ walk(21, 0.5) }}',
  ),
  row(
    'walk(start, step, min, max)',
    'Moves by up to one step and stays between',
    '{{ walk(21, 0.5, 15, 30) }}',
  ),
  row(
    'sine(mean, amplitude, periodSeconds)',
    'A wave over time; every device is at another point of it',
    '{{ sine(20, 5, 3600) }}',
  ),
  row('counter(start, step)', 'Counts from message to message', '{{ counter(100, 5) }}'),
  row('sequence(list)', 'One after another, then from the start', '{{ sequence(["on", "off"]) }}'),
  row('pick(list)', 'One of the list by chance', '{{ pick(["low", "high"]) }}'),
  row('chance(p)', 'True with probability p, from 0 to 1', '{{ chance(0.05) }}'),
  row('bool()', 'True or false by chance', '{{ bool() }}'),
  row('round(x, digits)', 'Rounds to so many decimals', '{{ round(n * 0.333, 1) }}'),
  row('uuid()', 'A UUID', '{{ uuid() }}'),
  row('hex(bytes)', 'So many random bytes in hexadecimal', '{{ hex(8) }}'),
  row('firstName()', 'A first name', '{{ firstName() }}'),
  row('lastName()', 'A last name', '{{ lastName() }}'),
  row('fullName()', 'A first and a last name', '{{ fullName() }}'),
  row('city()', 'A city', '{{ city() }}'),
  row('word()', 'An English word', '{{ word() }}'),
];

/** The ways to call a function, `['random(min, max)', …]`; empty when there is no such function. */
export function signaturesOf(name: string): readonly string[] {
  return generatorHelp
    .filter(({ signature }) => signature.startsWith(`${name}(`))
    .map(({ signature }) => signature);
}
