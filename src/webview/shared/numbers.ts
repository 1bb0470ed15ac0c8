const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** `1,200` */
export const count = (value: number): string => grouped.format(value);

/** `312 B`, `1.5 KB`, `256 KB` */
export const bytes = (value: number): string =>
  value < 1_024 ? `${grouped.format(value)} B` : `${short.format(value / 1_024)} KB`;

/** `1 message`, `3 messages` */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** `12 ms`, `0.4 ms` */
export const milliseconds = (value: number): string => `${(value < 10 ? short : grouped).format(value)} ms`;

const two = (value: number): string => String(value).padStart(2, '0');

/** `9:32`, `1:00:00` */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `14:03:09.120`, local. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

const units: readonly (readonly [number, string])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `5 minutes`, `24 hours`, `90 seconds` */
export function duration(seconds: number): string {
  const [size, noun] = units.find(
    ([unit]) => seconds % unit === 0 && seconds / unit >= (unit === 86_400 ? 2 : 1),
  ) ?? [1, 'second'];
  return counted(seconds / size, noun);
}
