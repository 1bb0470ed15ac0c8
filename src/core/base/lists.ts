import * as l10n from '@vscode/l10n';
import { formatCount } from './numbers';

/** `a`, `a and b`, `a, b and c`, in the language of the texts rather than in that of numbers and dates. */
export function listText(items: readonly string[], word: 'and' | 'or' = 'and'): string {
  const last = items.at(-1) ?? '';
  if (items.length < 2) return last;
  const others = itemList(items.slice(0, -1));
  return word === 'and'
    ? l10n.t({ message: '{0} and {1}', args: [others, last], comment: ['End of a list: "a, b and c"'] })
    : l10n.t({ message: '{0} or {1}', args: [others, last], comment: ['End of a list: "a, b or c"'] });
}

/** `a, b, c` */
export const itemList = (items: readonly string[]): string => items.join(separator());

/** `a, b` or, when there are more than `max`, `a, b and 1,204 more` */
export function shortList(items: readonly string[], max: number): string {
  if (items.length <= max) return itemList(items);
  const shown = itemList(items.slice(0, max));
  return l10n.t({
    message: '{0} and {1} more',
    args: [shown, formatCount(items.length - max)],
    comment: ['{0} is a list such as "a, b, c", {1} a number'],
  });
}

const separator = () => l10n.t({ message: ', ', args: [], comment: ['Between the items of a list'] });
