import { HttpsProxyAgent } from 'https-proxy-agent';
import { IotError } from '../core/errors';
import { networkFailure } from '../core/networkFailure';

/** The way through a proxy by CONNECT. */
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
    // A proxy that never answers would otherwise keep its socket.
    this.agent = new HttpsProxyAgent<string>(this.url, { signal: this.aborting.signal });
    this.agent.on('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
      this.status = statusCode;
    });
  }

  close(): void {
    this.aborting.abort();
  }

  /** What an error means when the proxy is what it comes from. */
  explain(error: unknown): IotError | undefined {
    if (this.status === 200) return undefined;
    const at = `${this.url.hostname}:${this.url.port || (this.url.protocol === 'https:' ? '443' : '80')}`;
    if (this.status === undefined) {
      const failure = networkFailure(error, this.url.hostname, Number(at.split(':').at(-1)));
      return (
        failure &&
        new IotError(failure.code, `The proxy ${at} cannot be used: ${failure.message}`, { cause: error })
      );
    }
    if (this.status === 407) {
      const sentence = this.url.username
        ? `The proxy ${at} does not take the user name and password that it was given.`
        : `The proxy ${at} asks for a user name and password.`;
      return new IotError('unauthorized', sentence, { cause: error });
    }
    return new IotError(
      'unreachable',
      `The proxy ${at} opens no connection to ${this.host}:${this.port}: it answered with HTTP ${this.status}.`,
      { cause: error },
    );
  }
}

function readProxy(text: string): URL {
  // The text is not repeated: it may hold a password.
  if (!URL.canParse(text)) throw new IotError('invalidInput', 'The address of the proxy cannot be read.');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new IotError(
      'unsupported',
      `Only proxies with http:// or https:// can be used, not ${url.protocol}//.`,
    );
  }
  return url;
}
