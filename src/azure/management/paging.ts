import { IotError } from '../../core/errors';

export type CallOptions = { readonly abortSignal?: AbortSignal };

/** Lists have a few pages; a chain without an end is no list. */
const maxPages = 10_000;

/** The links of one list, so that one which leads in a circle ends. */
export class SeenLinks {
  private readonly links = new Set<string>();

  /** @param link what the answer has; `undefined` on the last page */
  next(link: unknown): string | undefined {
    if (typeof link !== 'string' || link === '') return undefined;
    if (this.links.has(link) || this.links.size >= maxPages) {
      throw new IotError(
        'serviceFailed',
        'A list of Azure leads in a circle, page after page. Refresh; if it stays, report it.',
        { detail: link },
      );
    }
    this.links.add(link);
    return link;
  }
}

/** Options for lists of the SDK: it follows every link, and this looks that they come to an end. */
export function paging(signal: AbortSignal | undefined) {
  const seen = new SeenLinks();
  return {
    ...(signal ? { abortSignal: signal } : {}),
    onResponse: (_raw: unknown, page: unknown) => {
      seen.next((page as { readonly nextLink?: unknown } | undefined)?.nextLink);
    },
  };
}
