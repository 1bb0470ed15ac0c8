import { formatCount } from './numbers';

/** The texts are English whatever the display locale is, and have no comma before "and". */
const textLocale = 'en-GB';
const lists = {
  and: new Intl.ListFormat(textLocale, { type: 'conjunction' }),
  or: new Intl.ListFormat(textLocale, { type: 'disjunction' }),
};

/** `a`, `a and b`, `a, b and c` */
export const listText = (items: readonly string[], word: 'and' | 'or' = 'and'): string =>
  lists[word].format(items);

/** `a, b` or, when there are more than `max`, `a, b and 1,204 more` */
export const shortList = (items: readonly string[], max: number): string =>
  items.length <= max
    ? items.join(', ')
    : listText([...items.slice(0, max), `${formatCount(items.length - max)} more`]);
