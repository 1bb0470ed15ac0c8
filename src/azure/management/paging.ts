import * as l10n from '@vscode/l10n';
import { IotError } from '../../core/errors';

export type CallOptions = { readonly abortSignal?: AbortSignal };

/** Lists have a few pages; an endless chain is an error. */
const maxPages = 10_000;

/** The links of one list, so that a repeating one ends it. */
export class SeenLinks {
  private readonly links = new Set<string>();

  /** @param link of the response; `undefined` on the last page */
  next(link: unknown): string | undefined {
    if (typeof link !== 'string' || link === '') return undefined;
    if (this.links.has(link) || this.links.size >= maxPages) {
      throw new IotError(
        'serviceFailed',
        l10n.t('Azure returned a repeating nextLink. Refresh; if the problem persists, report it.'),
        { detail: link },
      );
    }
    this.links.add(link);
    return link;
  }
}

/** Options for lists of the SDK, which follows every link: this makes sure that they end. */
export function paging(signal: AbortSignal | undefined) {
  const seen = new SeenLinks();
  return {
    ...(signal ? { abortSignal: signal } : {}),
    onResponse: (_raw: unknown, page: unknown) => {
      seen.next((page as { readonly nextLink?: unknown } | undefined)?.nextLink);
    },
  };
}
