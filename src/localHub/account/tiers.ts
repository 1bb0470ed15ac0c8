/**
 * What the tiers of IoT Hub give.
 * @see https://azure.microsoft.com/pricing/details/iot-hub/
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 */
export interface Tier {
  readonly name: string;
  readonly tier: 'Free' | 'Basic' | 'Standard';
  /** Messages a day, for each unit. */
  readonly messages: number;
  readonly meterBytes: number;
  readonly mostUnits: number;
  readonly partitions: { readonly least: number; readonly most: number; readonly usual: number };
  readonly mostRetentionDays: number;
  readonly mostDevices: number;
}

const paid = {
  meterBytes: 4_096,
  partitions: { least: 2, most: 32, usual: 4 },
  mostRetentionDays: 7,
  mostDevices: 1_000_000,
};
const sizes = [
  { size: 1, messages: 400_000, mostUnits: 200 },
  { size: 2, messages: 6_000_000, mostUnits: 200 },
  { size: 3, messages: 300_000_000, mostUnits: 10 },
];
const series = (letter: string, tier: Tier['tier']): Tier[] =>
  sizes.map(({ size, ...rest }) => ({ name: `${letter}${size}`, tier, ...rest, ...paid }));

export const tiers: readonly Tier[] = [
  {
    name: 'F1',
    tier: 'Free',
    messages: 8_000,
    meterBytes: 512,
    mostUnits: 1,
    partitions: { least: 2, most: 2, usual: 2 },
    mostRetentionDays: 1,
    mostDevices: 500,
  },
  ...series('B', 'Basic'),
  ...series('S', 'Standard'),
];

export const tierOf = (sku: string): Tier | undefined =>
  tiers.find(({ name }) => name.toLowerCase() === sku.toLowerCase());
