import { type AccessToken } from './accounts';

/** Assumed lifetime of a token without an expiry. */
const unknownLifeMs = 5 * 60_000;

/** A token with its expiry, which tokens of Microsoft Entra ID contain. */
export function readAccessToken(token: string, now: number): AccessToken {
  const end = claimsOf(token)['exp'];
  return { token, expiresAt: typeof end === 'number' ? end * 1000 : now + unknownLifeMs };
}

/** Object id of the token's principal, or its name; `undefined` when it contains neither. */
export function assigneeOf(token: string): string | undefined {
  const claims = claimsOf(token);
  return ['oid', 'upn', 'preferred_username', 'unique_name']
    .map((name) => claims[name])
    .find((value): value is string => typeof value === 'string' && /^[\w.@#+-]+$/.test(value));
}

/** Claims of a JSON Web Token, unverified: for display only. None when it is another kind of token. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const claims: unknown = JSON.parse(text);
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
