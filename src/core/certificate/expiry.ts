import { counted } from '../base/numbers';
const dayMs = 24 * 60 * 60 * 1000;

/** From here on a certificate asks for attention. */
export const expiresSoonDays = 30;

export interface Expiry {
  readonly state: 'valid' | 'soon' | 'expired';
  /** Whole days, negative when it has expired. */
  readonly days: number;
  /** `in 359 days`, `tomorrow`, `expired 2 days ago`. */
  readonly text: string;
}

export function describeExpiry(notAfter: number, now: number): Expiry {
  const days = Math.floor((notAfter - now) / dayMs);
  if (now > notAfter) {
    const ago = Math.floor((now - notAfter) / dayMs);
    return {
      state: 'expired',
      days,
      text: ago === 0 ? 'expired today' : `expired ${counted(ago, 'day')} ago`,
    };
  }
  return {
    state: days < expiresSoonDays ? 'soon' : 'valid',
    days,
    text: days < 1 ? 'expires today' : `${counted(days, 'day')} left`,
  };
}
