import { type AccessToken } from './accounts';

/** Assumed lifetime of a token without an expiry. */
const unknownLifeMs = 5 * 60_000;

/** A token with its expiry, which tokens of Microsoft Entra ID contain. */
export function readAccessToken(token: string, now: number): AccessToken {
  const end = claimsOf(token)['exp'];
  return { token, expiresAt: typeof end === 'number' ? end * 1000 : now + unknownLifeMs };
}

/**
 * Options of `az role assignment create` for the token's principal; `undefined` when the token does not identify it. With the
 * object ID and the type, `az` does not search Microsoft Entra ID, for which many accounts have no permission.
 * @see https://learn.microsoft.com/cli/azure/role/assignment#az-role-assignment-create
 */
export function assigneeOptions(token: string): string | undefined {
  const claims = claimsOf(token);
  const read = (name: string) => {
    const value = claims[name];
    return typeof value === 'string' && /^[\w.@#+-]+$/.test(value) ? value : undefined;
  };
  const objectId = read('oid');
  // @see https://learn.microsoft.com/entra/identity-platform/optional-claims-reference
  const type = read('idtyp') === 'app' ? 'ServicePrincipal' : 'User';
  if (objectId) return `--assignee-object-id "${objectId}" --assignee-principal-type ${type}`;
  const name = read('upn') ?? read('preferred_username') ?? read('unique_name');
  return name && `--assignee "${name}"`;
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
