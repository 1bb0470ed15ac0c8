import * as l10n from '@vscode/l10n';
import { formatCount } from '../base/numbers';

const dayMs = 24 * 60 * 60 * 1000;

/** With fewer days left, a certificate counts as expiring soon. */
export const expiresSoonDays = 30;

export interface Expiry {
  readonly state: 'valid' | 'soon' | 'expired';
  /** Whole days left; negative if it has expired. */
  readonly days: number;
  /** `359 days left`, `expires today`, `expired 2 days ago` */
  readonly text: string;
}

export function describeExpiry(notAfter: number, now: number): Expiry {
  const days = Math.floor((notAfter - now) / dayMs);
  if (now > notAfter) {
    const ago = Math.floor((now - notAfter) / dayMs);
    return {
      state: 'expired',
      days,
      text: expiredText(ago),
    };
  }
  return {
    state: days < expiresSoonDays ? 'soon' : 'valid',
    days,
    text: daysLeftText(days),
  };
}

function expiredText(daysAgo: number): string {
  if (daysAgo === 0) return l10n.t('expired today');
  return daysAgo === 1 ? l10n.t('expired 1 day ago') : l10n.t('expired {0} days ago', formatCount(daysAgo));
}

function daysLeftText(days: number): string {
  if (days < 1) return l10n.t('expires today');
  return days === 1 ? l10n.t('1 day left') : l10n.t('{0} days left', formatCount(days));
}
