import { describe, expect, it } from 'vitest';
import { freeHubOf, hubPlans, isFree, planOf, isInRange } from '../../../src/core/azure/hubPlans';
import { anAzureHub } from '../../support/azure';

describe('Hub tiers', () => {
  it('include one free tier, and paid tiers without prices', () => {
    expect(hubPlans.filter(({ sku }) => isFree(sku)).map(({ sku }) => sku)).toEqual(['F1']);
    expect(planOf('F1')).toMatchObject({
      messagesPerDay: 8_000,
      maxUnits: 1,
      partitions: { min: 2, max: 2, defaultValue: 2 },
      retentionDays: { min: 1, max: 1 },
    });
    for (const plan of hubPlans.filter(({ tier }) => tier !== 'Free')) {
      expect(plan.partitions).toEqual({ min: 2, max: 32, defaultValue: 4 });
      expect(plan.retentionDays).toEqual({ min: 1, max: 7, defaultValue: 1 });
      expect(JSON.stringify(plan)).not.toMatch(/\$|€|price/i);
    }
  });

  it('find the free hub of a subscription', () => {
    const free = anAzureHub({ name: 'free', sku: { name: 'F1', tier: 'Free', units: 1 } });
    const paid = anAzureHub({ name: 'paid', sku: { name: 'S1', tier: 'Standard', units: 1 } });
    expect(freeHubOf([paid, free])).toBe(free);
    expect(freeHubOf([paid])).toBeUndefined();
  });

  it.each([
    ['2', true],
    ['32', true],
    [' 4 ', true],
    ['1', false],
    ['33', false],
    ['4.5', false],
    ['-4', false],
    ['1e1', false],
    ['', false],
    ['four', false],
  ])('accept %s as the number of partitions: %s', (text, isGood) => {
    expect(isInRange(text, { min: 2, max: 32, defaultValue: 4 })).toBe(isGood);
  });
});
