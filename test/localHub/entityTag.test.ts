import { describe, expect, it } from 'vitest';
import { parseEntityTag } from '../../src/localHub/state/entityTag';

describe('An entity tag in If-Match', () => {
  it.each([
    ['*', '*'],
    ['"*"', '*'],
    ['"AAAAAAFPazE="', 'AAAAAAFPazE='],
    ['W/"AAAAAAFPazE="', 'AAAAAAFPazE='],
    [' AAAAAAFPazE= ', 'AAAAAAFPazE='],
    // Base64 without quotes.
    ['W/AAAFPazE==', 'W/AAAFPazE=='],
    ['"W/AAAFPazE=="', 'W/AAAFPazE=='],
  ])('%s is parsed as %s', (header, tag) => {
    expect(parseEntityTag(header)).toBe(tag);
  });
});
