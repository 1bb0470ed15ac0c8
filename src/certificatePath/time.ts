import { tags, type DerElement } from './der';

/**
 * Milliseconds of a UTCTime or GeneralizedTime in the forms that RFC 5280 allows; NaN for other values.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5
 */
export function readTime({ tag, content }: DerElement): number {
  const text = Buffer.from(content).toString('latin1');
  if (tag === tags.generalizedTime) return toMilliseconds(text);
  if (tag !== tags.utcTime || text.length !== 13) return NaN;
  // The years 1950 to 2049.
  return toMilliseconds(`${text < '5' ? '20' : '19'}${text}`);
}

function toMilliseconds(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return NaN;
  const iso = `${match.slice(1, 4).join('-')}T${match.slice(4).join(':')}.000Z`;
  const time = Date.parse(iso);
  // A day that a month does not have would be in the next one.
  return !Number.isNaN(time) && new Date(time).toISOString() === iso ? time : NaN;
}
