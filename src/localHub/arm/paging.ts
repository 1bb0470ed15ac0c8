import type { Answer } from '../http/router';
import type { ArmRequest } from './api';
import { refuse } from './errors';

/** Small, so that clients that ignore nextLink fail their tests. */
export const pageSize = 5;

/**
 * A page of a list, ordered by id, with a link to the next one. The link contains the last id instead of a number, so
 * that no item is skipped or repeated if the list changes meanwhile.
 */
export function pageOf<T extends { readonly id: string }>(request: ArmRequest, items: readonly T[]): Answer {
  const top = request.query.get('$top');
  if (top !== null && !/^[1-9]\d{0,3}$/.test(top)) {
    refuse(400, 'InvalidTopParameter', `The $top query parameter '${top}' must be a positive integer.`);
  }
  const size = Math.min(Number(top ?? pageSize), pageSize);
  const after = afterOf(request.query.get('$skiptoken'));
  const left = [...items]
    .sort((a, b) => (key(a.id) < key(b.id) ? -1 : 1))
    .filter(({ id }) => after === undefined || key(id) > after);
  const value = left.slice(0, size);
  const last = value.at(-1);
  if (left.length <= size || last === undefined) return { status: 200, body: { value } };
  const query = new URLSearchParams(request.query);
  query.set('$skiptoken', Buffer.from(key(last.id)).toString('base64url'));
  const path = request.path.map(encodeURIComponent).join('/');
  return { status: 200, body: { value, nextLink: `${request.base}/${path}?${query.toString()}` } };
}

const key = (id: string): string => id.toLowerCase();

function afterOf(token: string | null): string | undefined {
  if (token === null) return undefined;
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('/')) {
    refuse(400, 'InvalidSkipToken', 'The $skiptoken query parameter is invalid.');
  }
  return text;
}
