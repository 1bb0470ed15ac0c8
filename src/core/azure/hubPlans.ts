import { formatCount } from '../base/numbers';
import { type AzureHub, type HubTier } from './resources';

/**
 * A tier and size of hubs. What they cost is nothing that we would know.
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

/** Devices that a free hub takes. @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling */
export const maxDevicesOfFreeHub = 500;

export const pricingPage = 'https://azure.microsoft.com/pricing/details/iot-hub/';

export const planOf = (sku: string) => hubPlans.find((candidate) => candidate.sku === sku);
export const isFree = (sku: string) => planOf(sku)?.tier === 'Free';
export const isFixed = ({ min, max }: Range) => min === max;

/** A subscription has one free hub at most; this is the one that is there. */
export const freeHubOf = (hubs: readonly AzureHub[]) => hubs.find(({ sku }) => sku.tier === 'Free');

/** Why a number is none of the range. */
export function rangeProblem(text: string, { min, max }: Range, what: string): string | undefined {
  const value = Number(text.trim());
  return /^\d+$/.test(text.trim()) && value >= min && value <= max
    ? undefined
    : `Type a number of ${what} from ${min} to ${max}.`;
}

/** `400,000 messages a day` */
export const messagesText = (count: number) => `${formatCount(count)} messages a day`;
