const verbs: Readonly<Record<string, string>> = { PUT: 'write', PATCH: 'write', DELETE: 'delete' };

/** The Azure RBAC action that a request requires, such as `Microsoft.Devices/IotHubs/write`. */
export function actionOf(method: string, path: readonly string[]): string {
  const at = path.findIndex((segment) => segment.toLowerCase() === 'providers');
  const [namespace = 'Microsoft.Resources', ...rest] =
    at === -1 ? ['Microsoft.Resources', ...path] : path.slice(at + 1);
  // Types and names alternate; a POST ends with its action.
  const types = rest.filter((_, i) => i % 2 === 0);
  const end = verbs[method] ?? 'action';
  const named = at === -1 ? ['subscriptions', ...types.slice(1)] : types;
  return [namespace, ...named, end].join('/');
}

/** The scope of a request: its path, without the action of a POST. */
export const scopeOf = (method: string, path: readonly string[]): string =>
  `/${(method === 'POST' ? path.slice(0, -1) : path).join('/')}`;
