import * as l10n from '@vscode/l10n';
import { twoDigits } from './dates';
import { formatCount } from './numbers';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** `5 minutes`, `1 hour`, `7 days`, `90 seconds`: in the largest unit that is exact. */
export function durationText(seconds: number): string {
  const isExact = (unit: number) => seconds >= unit && seconds % unit === 0;
  if (isExact(day)) return daysText(seconds / day);
  if (isExact(hour)) {
    const count = seconds / hour;
    return count === 1 ? l10n.t('1 hour') : l10n.t('{0} hours', formatCount(count));
  }
  if (isExact(minute)) {
    const count = seconds / minute;
    return count === 1 ? l10n.t('1 minute') : l10n.t('{0} minutes', formatCount(count));
  }
  return seconds === 1 ? l10n.t('1 second') : l10n.t('{0} seconds', formatCount(seconds));
}

/** `1 day`, `30 days` */
export const daysText = (count: number): string =>
  count === 1 ? l10n.t('1 day') : l10n.t('{0} days', formatCount(count));

const secondsOfUnit: Readonly<Record<string, number>> = { '': 1, s: 1, m: minute, h: hour, d: day };

/** Seconds of `600`, `90m`, `12h` or `7d`; undefined when the text is not a duration or is zero. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})\s*([smhd]?)$/i.exec(text.trim());
  const seconds = Number(match?.[1]) * (secondsOfUnit[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN);
  return seconds > 0 ? seconds : undefined;
}

/** `12 s`, `3 min`, `30 h`, `2 days`: the full units that have passed. */
export function elapsedText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < minute) return l10n.t('{0} s', seconds);
  if (seconds < hour) return l10n.t('{0} min', Math.floor(seconds / minute));
  // A single day is shown in hours.
  return seconds < 2 * day
    ? l10n.t('{0} h', Math.floor(seconds / hour))
    : daysText(Math.floor(seconds / day));
}

/** `just now`, `12 s ago`, `3 min ago`, `2 days ago` */
export function agoText(ms: number, justNowMs: number): string {
  if (ms < justNowMs) return l10n.t('just now');
  const days = Math.floor(ms / 1_000 / day);
  // A separate text, because "days" has another form here in some languages.
  return days < 2 ? l10n.t('{0} ago', elapsedText(ms)) : l10n.t('{0} days ago', formatCount(days));
}

/** `95 s`, `3 min`, `12 h`: rounded, with two units at least so that little is lost. */
export function roundedText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 2 * minute) return l10n.t('{0} s', seconds);
  return seconds < 2 * hour
    ? l10n.t('{0} min', Math.round(seconds / minute))
    : l10n.t('{0} h', formatCount(Math.round(seconds / hour)));
}

/** `3 h 12 min`, `12 min`, `less than a minute` */
export function hoursAndMinutes(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return l10n.t('less than a minute');
  return minutes < 60
    ? l10n.t('{0} min', minutes)
    : l10n.t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
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
