import { type HubStatus, type LocalHubProcess } from './hub';

export function localHubStatus({ kind }: Pick<LocalHubProcess, 'kind'>): HubStatus {
  switch (kind) {
    case 'stopped':
      return 'off';
    case 'starting':
    case 'stopping':
      return 'busy';
    case 'running':
      return 'ready';
    case 'failed':
      return 'failed';
  }
}

/** Temporary states of Azure Resource Manager, in lower case. */
export const transientStates = [
  'activating',
  'transitioning',
  'deleting',
  'resuming',
  'suspending',
  'failingover',
] as const;
export type TransientState = (typeof transientStates)[number];

/** The transient state; Azure Resource Manager writes states in any case. */
export function transientState(state: string): TransientState | undefined {
  const lowerCase = state.toLowerCase();
  return transientStates.find((one) => one === lowerCase);
}

/** @param state `Active`, `Activating`, `Suspended`, …; a hub in an unknown state may work */
export function azureHubStatus(state: string): HubStatus {
  if (transientState(state)) return 'busy';
  return /^(suspended|deleted|keyencryptionkeyrevoked)$|failed$/i.test(state) ? 'failed' : 'ready';
}
