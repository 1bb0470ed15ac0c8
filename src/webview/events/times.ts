import { preciseClockTime } from '../../core/base/dates';

/** `14:03:09.120`, in the time zone of the setting. */
export const timeText = (at: number, utc: boolean): string =>
  utc ? new Date(at).toISOString().slice(11, 23) : preciseClockTime(at);
