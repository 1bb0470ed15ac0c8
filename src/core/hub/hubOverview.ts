import * as l10n from '@vscode/l10n';
import { type HubSku, type HubTier } from '../azure/resources';
import { formatCount } from '../base/numbers';

/** From this share of a limit on, more units are worth considering. */
const warningShare = 0.8;
const dayMs = 24 * 60 * 60 * 1_000;

export type Level = 'fine' | 'warning' | 'usedUp';

/** A limit of 0 means no limit. */
export function levelOf(used: number, limit: number): Level {
  if (limit <= 0 || used < limit * warningShare) return 'fine';
  return used < limit ? 'warning' : 'usedUp';
}

/**
 * How many bytes count as one message.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 */
export const meterBytes = (tier: HubTier): number => (tier === 'Free' ? 512 : 4_096);

/** When the hub resets its daily count: the next midnight, UTC. */
export const nextResetAt = (now: number): number => (Math.floor(now / dayMs) + 1) * dayMs;

/** `Free (F1), 1 unit` */
export const tierText = ({ name, tier, units }: HubSku): string =>
  units === 1
    ? l10n.t('{0} ({1}), 1 unit', tier, name)
    : l10n.t('{0} ({1}), {2} units', tier, name, formatCount(units));

/** `ActivationFailed` → `Activation failed` */
export function stateText(state: string): string {
  const words = state.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
