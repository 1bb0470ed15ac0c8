import { twoDigits } from './dates';
import { counted, formatCount } from './numbers';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const units = [
  [day, 'day'],
  [hour, 'hour'],
  [minute, 'minute'],
] as const;

/** `5 minutes`, `1 hour`, `7 days`, `90 seconds`: in the largest unit that is exact. */
export function durationText(seconds: number): string {
  const [size, noun] = units.find(([unit]) => seconds >= unit && seconds % unit === 0) ?? [1, 'second'];
  return counted(seconds / size, noun);
}

const secondsOfUnit: Readonly<Record<string, number>> = { '': 1, s: 1, m: minute, h: hour, d: day };

/** Seconds of `600`, `90m`, `12h` or `7d`; undefined when it is no such text or zero. */
export function parseDuration(text: string): number | undefined {
  const match = /^\s*(\d{1,9})\s*([smhd]?)\s*$/i.exec(text);
  const seconds = Number(match?.[1]) * (secondsOfUnit[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN);
  return seconds > 0 ? seconds : undefined;
}

/** `12 s`, `3 min`, `30 h`, `2 days`: the full units that have passed. */
export function elapsedText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < minute) return `${seconds} s`;
  if (seconds < hour) return `${Math.floor(seconds / minute)} min`;
  // A single day is said in hours.
  return seconds < 2 * day ? `${Math.floor(seconds / hour)} h` : counted(Math.floor(seconds / day), 'day');
}

/** `just now`, `12 s ago`, `3 min ago`, `2 days ago` */
export const agoText = (ms: number, justNowMs: number): string =>
  ms < justNowMs ? 'just now' : `${elapsedText(ms)} ago`;

/** `95 s`, `3 min`, `12 h`: rounded, with two units at least so that little is lost. */
export function roundedText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 2 * minute) return `${seconds} s`;
  return seconds < 2 * hour
    ? `${Math.round(seconds / minute)} min`
    : `${formatCount(Math.round(seconds / hour))} h`;
}

/** `3 h 12 min`, `12 min`, `less than a minute` */
export function hoursAndMinutes(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'less than a minute';
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `9:32`, `1:00:00` */
export function stopwatchText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / hour);
  const minutes = Math.floor(whole / minute) % 60;
  return hours
    ? `${hours}:${twoDigits(minutes)}:${twoDigits(whole % 60)}`
    : `${minutes}:${twoDigits(whole % 60)}`;
}
