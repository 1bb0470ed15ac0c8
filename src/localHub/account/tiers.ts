/**
 * The limits of the IoT Hub tiers.
 * @see https://azure.microsoft.com/pricing/details/iot-hub/
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 */
export interface Tier {
  readonly name: string;
  readonly tier: 'Free' | 'Basic' | 'Standard';
  /** For each unit. */
  readonly messagesPerDay: number;
  readonly meterBytes: number;
  readonly maxUnits: number;
  readonly partitions: { readonly min: number; readonly max: number; readonly default: number };
  readonly maxRetentionDays: number;
  readonly maxDevices: number;
}

const paid = {
  meterBytes: 4_096,
  partitions: { min: 2, max: 32, default: 4 },
  maxRetentionDays: 7,
  maxDevices: 1_000_000,
};
const sizes = [
  { size: 1, messagesPerDay: 400_000, maxUnits: 200 },
  { size: 2, messagesPerDay: 6_000_000, maxUnits: 200 },
  { size: 3, messagesPerDay: 300_000_000, maxUnits: 10 },
];
const series = (letter: string, tier: Tier['tier']): Tier[] =>
  sizes.map(({ size, ...rest }) => ({ name: `${letter}${size}`, tier, ...rest, ...paid }));

export const tiers: readonly Tier[] = [
  {
    name: 'F1',
    tier: 'Free',
    messagesPerDay: 8_000,
    meterBytes: 512,
    maxUnits: 1,
    partitions: { min: 2, max: 2, default: 2 },
    maxRetentionDays: 1,
    maxDevices: 500,
  },
  ...series('B', 'Basic'),
  ...series('S', 'Standard'),
];

export const findTier = (sku: string): Tier | undefined =>
  tiers.find(({ name }) => name.toLowerCase() === sku.toLowerCase());
