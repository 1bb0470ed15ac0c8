import { describe, expect, it } from 'vitest';
import { parseDeviceMapping } from '../../../src/core/publish/deviceMapping';

describe('replay device mapping', () => {
  it('keeps IDs with commas and quotes', () => {
    const text = '"boiler,1","test,1"\n"said ""hot""",test-2\nplain,test-3\n';
    expect([...parseDeviceMapping(text)]).toEqual([
      ['boiler,1', 'test,1'],
      ['said "hot"', 'test-2'],
      ['plain', 'test-3'],
    ]);
  });

  it.each([
    ['semicolons', 'boiler,1;test,1\r\nboiler,2;test,2\r\n'],
    ['tabs', 'boiler,1\ttest,1\rboiler,2\ttest,2'],
  ])('can be separated by %s if the IDs contain commas', (_, text) => {
    // The first separator determines the format, so the IDs of the first row are quoted.
    const quoted = text.replace('boiler,1', '"boiler,1"').replace('test,1', '"test,1"');
    expect([...parseDeviceMapping(quoted)]).toEqual([
      ['boiler,1', 'test,1'],
      ['boiler,2', 'test,2'],
    ]);
  });

  it('skips rows without a device, trims cells and ignores a byte order mark', () => {
    expect([...parseDeviceMapping('\uFEFFa , b\n\nonly\n,x\n')]).toEqual([['a', 'b']]);
  });

  it('is rejected with the line of a quotation mark that is not closed', () => {
    expect(() => parseDeviceMapping('a,b\n"c,d\ne,f\n')).toThrow('A quotation mark in line 2 is not closed.');
  });
});
