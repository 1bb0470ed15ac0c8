import { type Hub } from '../../core/hub/hub';
import { commands } from '../../contributions';
import { type LocalHubEndpoints } from '../../localHub/start';

export type LocalHubState =
  | { readonly kind: 'stopped'; readonly note?: string }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly endpoints: LocalHubEndpoints }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'failed'; readonly reason: string };

export const localHubId = 'local-hub';
const name = 'Local Hub';
const what = 'An IoT Hub of your own on this machine: no Azure account, nothing leaves the computer.';

/** The hub as the tree shows it. */
export function localHubNode(state: LocalHubState): Hub {
  const base = { id: localHubId, name, icon: 'server-process' };
  switch (state.kind) {
    case 'stopped':
      return {
        ...base,
        status: { kind: 'off', text: 'Start the local hub', command: commands.startLocalHub },
        description: 'stopped',
        tooltip: [name, what, state.note].filter(Boolean).join('\n'),
        tags: ['local', 'stopped'],
      };
    case 'starting':
    case 'stopping': {
      const text = state.kind === 'starting' ? 'starting…' : 'stopping…';
      return {
        ...base,
        status: { kind: 'busy', text: `The local hub is ${text}` },
        description: text,
        tooltip: `${name}\n${what}`,
        tags: ['local', 'busy'],
      };
    }
    case 'running':
      return {
        ...base,
        status: { kind: 'ready' },
        description: `running :${state.endpoints.mqttPort}`,
        tooltip: [name, what, ...portLines(state.endpoints)].join('\n'),
        tags: ['local', 'running'],
      };
    case 'failed':
      return {
        ...base,
        status: {
          kind: 'failed',
          reason: `The local hub has failed: ${state.reason}`,
          command: commands.startLocalHub,
        },
        description: `failed: ${state.reason}`,
        tooltip: `${name}\n${state.reason}`,
        tags: ['local', 'failed'],
      };
  }
}

export interface LocalHubStatus {
  readonly text: string;
  readonly tooltip: string;
  readonly isError: boolean;
}

export function localHubStatus(state: LocalHubState): LocalHubStatus {
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

function portLines({ mqttPort, httpsPort, amqpPort, amqpPlainPort }: LocalHubEndpoints): string[] {
  return [
    `MQTT (TLS): ${mqttPort}`,
    `HTTPS: ${httpsPort}`,
    `AMQP (TLS): ${amqpPort}`,
    `AMQP (plain, loopback): ${amqpPlainPort}`,
  ];
}
