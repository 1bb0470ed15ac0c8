import * as l10n from '@vscode/l10n';
import { formatCount } from '../base/numbers';
import { type AzureHub, type HubTier } from './resources';

/**
 * A tier and size of hubs. Prices are not available here.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-scaling
 */
export interface HubPlan {
  /** `F1`, `S1`, … */
  readonly sku: string;
  readonly tier: HubTier;
  /** Of each unit. */
  readonly messagesPerDay: number;
  readonly maxUnits: number;
  readonly partitions: Range;
  readonly retentionDays: Range;
}

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly defaultValue: number;
}

const fixed = (value: number): Range => ({ min: value, max: value, defaultValue: value });
const paid = {
  partitions: { min: 2, max: 32, defaultValue: 4 },
  retentionDays: { min: 1, max: 7, defaultValue: 1 },
};
const plan = (sku: string, tier: HubTier, messagesPerDay: number, maxUnits: number): HubPlan => ({
  sku,
  tier,
  messagesPerDay,
  maxUnits,
  ...paid,
});

export const hubPlans: readonly HubPlan[] = [
  {
    sku: 'F1',
    tier: 'Free',
    messagesPerDay: 8_000,
    maxUnits: 1,
    partitions: fixed(2),
    retentionDays: fixed(1),
  },
  plan('S1', 'Standard', 400_000, 200),
  plan('S2', 'Standard', 6_000_000, 200),
  plan('S3', 'Standard', 300_000_000, 10),
  plan('B1', 'Basic', 400_000, 200),
  plan('B2', 'Basic', 6_000_000, 200),
  plan('B3', 'Basic', 300_000_000, 10),
];

/** Maximum number of devices of a free hub. @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling */
export const maxDevicesOfFreeHub = 500;

export const pricingPage = 'https://azure.microsoft.com/pricing/details/iot-hub/';

export const planOf = (sku: string) => hubPlans.find((candidate) => candidate.sku === sku);
export const isFree = (sku: string) => planOf(sku)?.tier === 'Free';
export const isFixed = ({ min, max }: Range) => min === max;

/** A subscription can have one free hub; this is the existing one. */
export const freeHubOf = (hubs: readonly AzureHub[]) => hubs.find(({ sku }) => sku.tier === 'Free');

/** Whether a text is a whole number of the range. */
export function isInRange(text: string, { min, max }: Range): boolean {
  const value = Number(text.trim());
  return /^\d+$/.test(text.trim()) && value >= min && value <= max;
}

/** `400,000 messages per day` */
export const messagesPerDayText = (count: number) => l10n.t('{0} messages per day', formatCount(count));
