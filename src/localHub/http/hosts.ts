import type { IncomingMessage } from 'node:http';
import net from 'node:net';
import type { Authenticator } from '../auth/authenticator';

/** Host name of an authority (`name:port`) or an origin (`https://name:port`), in lower case and without brackets. */
function hostNameOf(text: string): string | undefined {
  try {
    return new URL(text.includes('://') ? text : `http://${text}`).hostname.replace(/^\[(.*)\]$/, '$1');
  } catch {
    return undefined;
  }
}

const isLocalName = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost');

/**
 * Whether the `Host` of a request is a name of this hub. A web page can make a foreign name resolve to this machine (DNS
 * rebinding), but not an address.
 */
export function isOwnHost(message: IncomingMessage, authenticator: Authenticator): boolean {
  const hosts = message.rawHeaders.filter((_, i, all) => i % 2 === 1 && all[i - 1]?.toLowerCase() === 'host');
  if (hosts.length > 1) return false;
  // A target with a host of its own takes the place of the header (RFC 9112 3.2.2).
  if (message.url !== undefined && /^[a-z]+:/i.test(message.url)) hosts.push(message.url);
  return hosts.every((host) => isOwnName(host, authenticator));
}

function isOwnName(host: string, authenticator: Authenticator): boolean {
  const name = hostNameOf(host);
  return name !== undefined && (net.isIP(name) !== 0 || isLocalName(name) || authenticator.isThisHub(name));
}

/**
 * Whether the client is no web page, or a page of this hub. Browsers always send `Origin`; some libraries send it with
 * the name of the server.
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-10.2
 */
export function isOwnOrigin(
  { headers: { host, origin } }: IncomingMessage,
  authenticator: Authenticator,
): boolean {
  if (origin === undefined) return true;
  const name = hostNameOf(origin);
  return (
    name !== undefined &&
    (isLocalName(name) || authenticator.isThisHub(name) || (host !== undefined && name === hostNameOf(host)))
  );
}
