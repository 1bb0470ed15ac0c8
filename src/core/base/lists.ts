import * as l10n from '@vscode/l10n';
import { formatCount } from './numbers';

/** `a`, `a and b`, `a, b, and c`, in the language of the texts rather than in that of numbers and dates. */
export function listText(items: readonly string[], word: 'and' | 'or' = 'and'): string {
  const last = items.at(-1) ?? '';
  if (items.length < 2) return last;
  const args = [itemList(items.slice(0, -1)), last];
  if (items.length === 2)
    return word === 'and'
      ? l10n.t({ message: '{0} and {1}', args, comment: ['List of two: "a and b"'] })
      : l10n.t({ message: '{0} or {1}', args, comment: ['List of two: "a or b"'] });
  return word === 'and'
    ? l10n.t({
        message: '{0}, and {1}',
        args,
        comment: ['End of a list of three or more: "a, b, and c"'],
      })
    : l10n.t({
        message: '{0}, or {1}',
        args,
        comment: ['End of a list of three or more: "a, b, or c"'],
      });
}

/** `a, b, c` */
export const itemList = (items: readonly string[]): string => items.join(separator());

/** `a, b` or, when there are more than `max`, `a, b, and 1,204 more` */
export function shortList(items: readonly string[], max: number): string {
  if (items.length <= max) return itemList(items);
  const args = [itemList(items.slice(0, max)), formatCount(items.length - max)];
  return max === 1
    ? l10n.t({ message: '{0} and {1} more', args, comment: ['{0} is one item, {1} a number'] })
    : l10n.t({
        message: '{0}, and {1} more',
        args,
        comment: ['{0} is a list of two or more such as "a, b, c", {1} a number'],
      });
}

const separator = () => l10n.t({ message: ', ', args: [], comment: ['Between the items of a list'] });
