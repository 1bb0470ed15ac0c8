import { type HubSku, type HubTier } from '../azure/resources';
import { counted } from '../base/numbers';

/** From here on people should think of more units. */
const warningShare = 0.8;
const dayMs = 24 * 60 * 60 * 1_000;

export type Level = 'fine' | 'warning' | 'usedUp';

/** A limit of 0 is none. */
export function levelOf(used: number, limit: number): Level {
  if (limit <= 0 || used < limit * warningShare) return 'fine';
  return used < limit ? 'warning' : 'usedUp';
}

/**
 * How many bytes count as one message.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 */
export const meterBytes = (tier: HubTier): number => (tier === 'Free' ? 512 : 4_096);

/** When the hub counts from zero again: the next midnight, UTC. */
export const nextResetAt = (now: number): number => (Math.floor(now / dayMs) + 1) * dayMs;

/** `Free (F1), 1 unit` */
export const tierText = ({ name, tier, units }: HubSku): string =>
  `${tier} (${name}), ${counted(units, 'unit')}`;

/** `ActivationFailed` → `Activation failed` */
export function stateText(state: string): string {
  const words = state.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
