import { describe, expect, it } from 'vitest';
import { freeHubOf, hubPlans, isFree, planOf, rangeProblem } from '../../../src/core/azure/hubPlans';
import { anAzureHub } from '../../support/azure';

describe('Plans of hubs', () => {
  it('are one free, and paid ones that cost something without saying what', () => {
    expect(hubPlans.filter(({ sku }) => isFree(sku)).map(({ sku }) => sku)).toEqual(['F1']);
    expect(planOf('F1')).toMatchObject({
      messagesPerDay: 8_000,
      maxUnits: 1,
      partitions: { least: 2, most: 2, usual: 2 },
      retentionDays: { least: 1, most: 1 },
    });
    for (const plan of hubPlans.filter(({ tier }) => tier !== 'Free')) {
      expect(plan.partitions).toEqual({ least: 2, most: 32, usual: 4 });
      expect(plan.retentionDays).toEqual({ least: 1, most: 7, usual: 1 });
      expect(JSON.stringify(plan)).not.toMatch(/\$|€|price/i);
    }
  });

  it('know the free hub of a subscription', () => {
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
  ])('take %s as a number of partitions: %s', (text, isGood) => {
    const problem = rangeProblem(text, { least: 2, most: 32, usual: 4 }, 'partitions');
    expect(problem).toBe(isGood ? undefined : 'Type a number of partitions from 2 to 32.');
  });
});
