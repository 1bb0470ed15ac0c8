import { describe, expect, it } from 'vitest';
import { findPath, readAuthority } from '../../../src/certificatePath/index';
import { testTime } from '../../support/derChain';
import { rules, type RuleCase } from './support/rules';

/** The sections of RFC 5280 on certificates, extensions, validation and names. */
const sections = [
  ...['4.1.1.1', '4.1.1.2', '4.1.1.3'],
  ...['4.1.2.1', '4.1.2.2', '4.1.2.3', '4.1.2.4', '4.1.2.5', '4.1.2.5.1', '4.1.2.5.2'],
  ...['4.1.2.6', '4.1.2.7', '4.1.2.8', '4.1.2.9', '4.2'],
  ...Array.from({ length: 15 }, (_, i) => `4.2.1.${i + 1}`),
  ...['4.2.2.1', '4.2.2.2'],
  ...['6.1', '6.1.1', '6.1.2', '6.1.3', '6.1.4', '6.1.5', '6.1.6'],
  ...['7.1', '7.2', '7.3', '7.4', '7.5'],
];

function resultOf({ presented, authority }: RuleCase): string {
  const { leafFaults, pathFault, anchor } = findPath({
    deviceId: 'device',
    presented: presented.map(({ der }) => der),
    authorities: [readAuthority('ca', authority.der, true)],
    now: testTime,
  });
  return (leafFaults[0] ?? pathFault)?.code ?? (anchor?.name === 'ca' ? 'OK' : 'no anchor');
}

describe('The table of rules', () => {
  it('contains each section, and for each either a test or a reason', () => {
    expect(rules.map(({ section }) => section)).toEqual(sections);
    for (const { section, hub } of rules) expect(hub, section).not.toBe('');
  });
});

const withCases = rules.filter(({ cases }) => cases.length > 0);
describe.each(withCases.map((rule) => [rule.section, rule] as const))(
  'RFC 5280, section %s',
  (_, { cases }) => {
    it.each(cases.map((one) => [one.name, one.result, one] as const))('%s: %s', (__, result, one) => {
      expect(resultOf(one)).toBe(result);
    });
  },
);
