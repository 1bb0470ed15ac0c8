/** Proxy settings of VS Code and the system: `http.proxy`, `http.noProxy`, `http.proxySupport`. */
export interface ProxySettings {
  readonly proxy: string;
  readonly noProxy: readonly string[];
  readonly isOff: boolean;
  /** `HTTPS_PROXY` and `NO_PROXY`, in upper or lower case, are used if the settings are empty. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The proxy for WebSockets to a host; `undefined` for local hosts and for hosts that are exempt.
 * @see https://code.visualstudio.com/docs/setup/network#_proxy-server-support
 */
export function proxyFor(host: string, port: number, settings: ProxySettings): string | undefined {
  return isThisComputer(host) ? undefined : configuredProxy(host, port, settings);
}

/** The proxy that the settings name for a host, also for one on this computer. */
export function configuredProxy(host: string, port: number, settings: ProxySettings): string | undefined {
  if (settings.isOff) return undefined;
  const environment = (name: string) =>
    settings.environment[name.toLowerCase()] ?? settings.environment[name] ?? '';
  const proxy = settings.proxy || environment('HTTPS_PROXY') || environment('HTTP_PROXY');
  if (proxy === '') return undefined;
  const exempt = settings.noProxy.length > 0 ? settings.noProxy : environment('NO_PROXY').split(',');
  if (exempt.some((rule) => isExempt(host, port, rule.trim()))) return undefined;
  return /^[a-z]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

const isThisComputer = (host: string) => /^(localhost|.*\.localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);

/** `*`, `example.com`, `.example.com`, `*.example.com`, each with or without a port. */
function isExempt(host: string, port: number, rule: string): boolean {
  if (rule === '') return false;
  if (rule === '*') return true;
  const [, name, rulePort] = /^(.*?)(?::(\d+))?$/.exec(rule) ?? [];
  if (rulePort !== undefined && Number(rulePort) !== port) return false;
  const domain = (name ?? '').replace(/^\*?\./, '').toLowerCase();
  const asked = host.toLowerCase();
  return asked === domain || asked.endsWith(`.${domain}`);
}
