import { perLocale } from './displayLocale';

const whole = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const oneDigit = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }));
const significant = perLocale((locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 6 }));

const kilobyte = 1_024;
const megabyte = 1_024 * kilobyte;

/** `1,200` */
export const formatCount = (value: number): string => whole().format(value);

/** `21.5`, `1,234.57`: six significant digits at most. */
export const formatValue = (value: number): string => significant().format(value);

/** `312 B`, `1.5 KB`, `256 KB`, `9.5 MB`, `64 MB` */
export function formatBytes(value: number): string {
  if (value < kilobyte) return `${formatCount(value)} B`;
  if (value < megabyte) return `${oneDigit().format(value / kilobyte)} KB`;
  return formatMegabytes(value);
}

/** `0.3 MB`, `64 MB` */
export const formatMegabytes = (value: number): string =>
  `${(value < 10 * megabyte ? oneDigit() : whole()).format(value / megabyte)} MB`;

/** `12 ms`, `0.4 ms` */
export const formatMilliseconds = (value: number): string =>
  `${(value < 10 ? oneDigit() : whole()).format(value)} ms`;
