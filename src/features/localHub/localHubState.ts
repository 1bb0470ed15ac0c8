import { type LocalHub, type LocalHubPorts } from '../../core/hub/hub';
import { localHubStatus } from '../../core/hub/hubStatus';
import { type LocalHubEndpoints } from '../../localHub/start';

export type LocalHubState =
  | { readonly kind: 'stopped'; readonly note?: string }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly endpoints: LocalHubEndpoints }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'failed'; readonly reason: string };

export const localHubId = 'local-hub';

/** The hub in the list, without the secrets of its endpoints. */
export const toLocalHub = (state: LocalHubState): LocalHub => ({
  kind: 'local',
  id: localHubId,
  name: 'Local Hub',
  status: localHubStatus(state),
  process: state.kind === 'running' ? { kind: 'running', ports: portsOf(state.endpoints) } : state,
});

const portsOf = ({ mqttPort, httpsPort, amqpPort, amqpPlainPort }: LocalHubEndpoints): LocalHubPorts => ({
  mqtt: mqttPort,
  https: httpsPort,
  amqp: amqpPort,
  amqpPlain: amqpPlainPort,
});

/** The local hub in the status bar. */
export interface LocalHubStatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly isError: boolean;
}

export function localHubStatusText(state: LocalHubState): LocalHubStatusText {
  const status = (text: string, tooltip: string, isError = false) => ({
    text,
    tooltip: `${tooltip} Click for what can be done.`,
    isError,
  });
  switch (state.kind) {
    case 'stopped':
      return status('$(vm-outline) Local Hub', 'The local hub is stopped.');
    case 'starting':
      return status('$(loading~spin) Local Hub', 'The local hub is starting.');
    case 'running':
      return status(
        `$(vm-running) Local Hub :${state.endpoints.mqttPort}`,
        `The local hub is running on MQTT port ${state.endpoints.mqttPort}.`,
      );
    case 'stopping':
      return status('$(loading~spin) Local Hub', 'The local hub is stopping.');
    case 'failed':
      return status('$(error) Local Hub', `The local hub has failed: ${state.reason}`, true);
  }
}

/** One sentence for ports that another program had, or nothing. */
export function movedPortsSentence({ movedPorts }: LocalHubEndpoints): string | undefined {
  if (movedPorts.length === 0) return undefined;
  const names = { mqtt: 'MQTT', https: 'HTTPS', amqp: 'AMQP', amqpPlain: 'plain AMQP' } as const;
  const moves = movedPorts
    .map((moved) => `${names[moved.name]} ${moved.wanted} → ${moved.opened}`)
    .join(', ');
  return `Other programs use ports of the local hub, so it moved: ${moves}. Connection strings have the new ports.`;
}
