import * as l10n from '@vscode/l10n';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { IotError } from '../core/errors';
import { networkFailure } from '../core/networkFailure';

/** Connects through a proxy with CONNECT. */
export class ProxyTunnel {
  readonly agent: HttpsProxyAgent<string>;
  private readonly aborting = new AbortController();
  private readonly url: URL;
  private status: number | undefined;

  constructor(
    proxy: string,
    private readonly host: string,
    private readonly port: number,
  ) {
    this.url = readProxy(proxy);
    // A proxy that never responds would otherwise keep its socket.
    this.agent = new HttpsProxyAgent<string>(this.url, { signal: this.aborting.signal });
    this.agent.on('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
      this.status = statusCode;
    });
  }

  close(): void {
    this.aborting.abort();
  }

  /** What an error means if it comes from the proxy. */
  explain(error: unknown): IotError | undefined {
    if (this.status === 200) return undefined;
    const at = `${this.url.hostname}:${this.url.port || (this.url.protocol === 'https:' ? '443' : '80')}`;
    if (this.status === undefined) {
      const failure = networkFailure(error, this.url.hostname, Number(at.split(':').at(-1)));
      return (
        failure &&
        new IotError(failure.code, l10n.t('The proxy {0} cannot be used: {1}', at, failure.message), {
          cause: error,
        })
      );
    }
    if (this.status === 407) {
      const sentence = this.url.username
        ? l10n.t('The proxy {0} rejected the username and password.', at)
        : l10n.t('The proxy {0} requires a username and password.', at);
      return new IotError('unauthorized', sentence, { cause: error });
    }
    return new IotError(
      'unreachable',
      l10n.t(
        'The proxy {0} did not open a connection to {1}: it responded with HTTP {2}.',
        at,
        `${this.host}:${this.port}`,
        this.status,
      ),
      { cause: error },
    );
  }
}

function readProxy(text: string): URL {
  // The text is not repeated: it may contain a password.
  if (!URL.canParse(text))
    throw new IotError('invalidInput', l10n.t('The proxy address is not a valid URL. Check the setting.'));
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new IotError(
      'unsupported',
      l10n.t('Only http:// and https:// proxies are supported, not {0}//.', url.protocol),
    );
  }
  return url;
}
