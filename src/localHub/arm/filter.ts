import { refuse } from './errors';

export interface Filterable {
  readonly name: string;
  readonly location: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
}

type Test = (item: Filterable) => boolean;

/**
 * The `$filter` of lists: `eq` comparisons joined by `and`, of tags, name, location and resource type.
 * @throws ArmError 400
 */
export function readFilter(text: string | null): Test {
  if (text === null || text.trim() === '') return () => true;
  const wanted = new Map<string, string>();
  for (const part of text.split(/\s+and\s+/i)) {
    const match = /^\s*(tagName|tagValue|name|location|resourceType)\s+eq\s+'((?:[^']|'')*)'\s*$/i.exec(part);
    if (!match)
      refuse(400, 'InvalidFilterInQueryString', `Invalid $filter '${text}' specified in the query string.`);
    wanted.set((match?.[1] ?? '').toLowerCase(), (match?.[2] ?? '').replaceAll("''", "'"));
  }
  const isSame = (key: string, value: string): boolean =>
    (wanted.get(key) ?? value).toLowerCase() === value.toLowerCase();
  return ({ name, location, type, tags }) => {
    const tag = wanted.get('tagname');
    const found = Object.entries(tags).find(([key]) => key.toLowerCase() === tag?.toLowerCase());
    const hasTag =
      tag === undefined || (found !== undefined && found[1] === (wanted.get('tagvalue') ?? found[1]));
    return hasTag && isSame('name', name) && isSame('location', location) && isSame('resourcetype', type);
  };
}
