import { timeOfDay } from '../shared/numbers';

/** `14:03:09.120`, as the extension's time zone setting has it. */
export const timeText = (at: number, utc: boolean): string =>
  utc ? new Date(at).toISOString().slice(11, 23) : timeOfDay(at);

/** `just now`, `12 s ago`, `3 min ago` */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - at) / 1_000));
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86_400
    ? `${Math.floor(seconds / 3_600)} h ago`
    : `${Math.floor(seconds / 86_400)} days ago`;
}
