import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartitionPositions } from '../../../src/core/message/partitionPositions';

const numbered = (...numbers: number[]) => numbers.map((sequenceNumber) => ({ sequenceNumber }));

describe('partition positions', () => {
  it('pass each message once, whatever is resent', () => {
    const positions = new PartitionPositions();
    expect(positions.takeNew('0', numbered(1, 2, 3))).toEqual(numbered(1, 2, 3));
    expect(positions.takeNew('0', numbered(2, 3, 4))).toEqual(numbered(4));
    expect(positions.takeNew('1', numbered(1))).toEqual(numbered(1));
    expect(Object.fromEntries(positions.all)).toEqual({ 0: 4, 1: 1 });
  });

  it('continue after the end of an earlier reading', () => {
    const positions = new PartitionPositions();
    positions.set('0', 7);
    expect(positions.takeNew('0', numbered(6, 7, 8))).toEqual(numbered(8));
  });

  it('neither lose nor repeat messages if a reader goes back any number of times', () => {
    const jumps = fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 20 })), { maxLength: 30 });
    fc.assert(
      fc.property(jumps, (reads) => {
        const positions = new PartitionPositions();
        const shown: number[] = [];
        let next = 0;
        for (const [back, count] of reads) {
          const from = Math.max(0, next - back);
          const batch = numbered(...Array.from({ length: count }, (_, index) => from + index));
          shown.push(...positions.takeNew('0', batch).map(({ sequenceNumber }) => sequenceNumber));
          next = Math.max(next, from + count);
        }
        expect(shown).toEqual(Array.from({ length: next }, (_, index) => index));
      }),
    );
  });
});
