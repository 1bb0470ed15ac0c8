import { preciseClockTime } from '../../core/base/dates';

/** `14:03:09.120`, as the extension's time zone setting has it. */
export const timeText = (at: number, utc: boolean): string =>
  utc ? new Date(at).toISOString().slice(11, 23) : preciseClockTime(at);
