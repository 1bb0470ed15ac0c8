import { displayLocale } from './displayLocale';

/** `12/31/2026`, local. */
export const formatDate = (at: number): string => new Date(at).toLocaleDateString(displayLocale());

/** `12/31/2026, 2:03:09 PM`, local. */
export const formatDateTime = (at: number): string => new Date(at).toLocaleString(displayLocale());

/** `2:03:09 PM`, local. */
export const formatTime = (at: number): string => new Date(at).toLocaleTimeString(displayLocale());

/** `14:03:09`, local and the same in all locales, for columns. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
}

/** `14:03:09.120`, local and the same in all locales, for columns. */
export const preciseClockTime = (at: number): string =>
  `${clockTime(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;

/** `07` */
export const twoDigits = (value: number): string => String(value).padStart(2, '0');
