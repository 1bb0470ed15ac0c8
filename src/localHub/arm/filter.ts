import { isSameLocation } from '../account/locations';
import { refuse } from './errors';

export interface Filterable {
  readonly name: string;
  readonly location: string;
  readonly type: string;
  /** Absent for resource groups. */
  readonly resourceGroup?: string;
  readonly tags: Readonly<Record<string, string>>;
}

type Test = (item: Filterable) => boolean;

/** A comparison, such as `name eq 'x'`. */
interface Term {
  readonly property: string;
  readonly operator: string;
  readonly value: string;
}

/** The forms of a term, with the groups of its parts. */
const forms = [
  {
    pattern: /^(\w+(?:\/\w+)*)\s+(eq|ne)\s+'((?:[^']|'')*)'/i,
    groups: { property: 1, operator: 2, value: 3 },
  },
  {
    pattern: /^(startswith)\(\s*(\w+)\s*,\s*'((?:[^']|'')*)'\s*\)/i,
    groups: { property: 2, operator: 1, value: 3 },
  },
  {
    pattern: /^(substringof)\(\s*'((?:[^']|'')*)'\s*,\s*(\w+)\s*\)/i,
    groups: { property: 3, operator: 1, value: 2 },
  },
] as const;

/** Without effect on any resource: none has a plan, and only the hubs' own identities exist. */
const emptyProperties = ['plan', 'plan/publisher', 'plan/product', 'plan/name', 'plan/version'].concat([
  'plan/promotioncode',
  'identity',
  'identity/principalid',
  'managedby',
  'changedtime',
  'createdtime',
]);
const known = [
  'tagname',
  'tagvalue',
  'name',
  'location',
  'resourcetype',
  'resourcegroup',
  ...emptyProperties,
];

/**
 * The `$filter` of lists: comparisons and functions joined by `and` and `or`.
 * @see https://learn.microsoft.com/rest/api/resources/resources/list
 * @throws ArmError 400
 */
export function readFilter(text: string | null): Test {
  if (text === null || text.trim() === '') return () => true;
  const alternatives = parse(text.trim());
  if (!alternatives) {
    return refuse(
      400,
      'InvalidFilterInQueryString',
      `Invalid $filter '${text}' specified in the query string.`,
    );
  }
  return (item) => alternatives.some((terms) => matchesAll(terms, item));
}

/** @returns terms that all must match, by alternative; undefined if the text is not valid */
function parse(text: string): readonly (readonly Term[])[] | undefined {
  const alternatives: Term[][] = [[]];
  let left = text;
  for (;;) {
    const read = readTerm(left);
    if (!read) return undefined;
    alternatives.at(-1)?.push(read.term);
    left = left.slice(read.length);
    if (left.trim() === '') return alternatives;
    const joint = /^\s+(and|or)\s+/i.exec(left);
    if (!joint) return undefined;
    if (joint[1]?.toLowerCase() === 'or') alternatives.push([]);
    left = left.slice(joint[0].length);
  }
}

function readTerm(text: string): { readonly term: Term; readonly length: number } | undefined {
  for (const { pattern, groups } of forms) {
    const match = pattern.exec(text);
    const property = match?.[groups.property]?.toLowerCase() ?? '';
    if (!match || !known.includes(property)) continue;
    const operator = (match[groups.operator] ?? '').toLowerCase();
    const value = (match[groups.value] ?? '').replaceAll("''", "'");
    return { term: { property, operator, value }, length: match[0].length };
  }
  return undefined;
}

function matchesAll(terms: readonly Term[], item: Filterable): boolean {
  const isOfTag = ({ property }: Term): boolean => property.startsWith('tag');
  const tagTerms = terms.filter(isOfTag);
  return (
    terms.filter((term) => !isOfTag(term)).every((term) => matches(term, valueOf(item, term.property))) &&
    // Name and value are of the same tag.
    (tagTerms.length === 0 ||
      Object.entries(item.tags).some(([name, value]) =>
        tagTerms.every((term) =>
          term.property === 'tagname' ? matches(term, name) : matches(term, value, (text) => text),
        ),
      ))
  );
}

function valueOf(item: Filterable, property: string): string {
  const { name, location, type, resourceGroup = '' } = item;
  const values: Readonly<Record<string, string>> = {
    name,
    location,
    resourcetype: type,
    resourcegroup: resourceGroup,
  };
  return (Object.hasOwn(values, property) && values[property]) || '';
}

const lower = (text: string): string => text.toLowerCase();

function matches({ operator, property, value: wanted }: Term, value: string, fold = lower): boolean {
  if (operator === 'substringof') return fold(value).includes(fold(wanted));
  if (operator === 'startswith') return fold(value).startsWith(fold(wanted));
  const isEqual = property === 'location' ? isSameLocation(value, wanted) : fold(value) === fold(wanted);
  return isEqual === (operator === 'eq');
}
