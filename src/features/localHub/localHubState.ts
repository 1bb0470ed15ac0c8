import * as l10n from '@vscode/l10n';
import { itemList } from '../../core/base/lists';
import {
  type LocalHub,
  type LocalHubPorts,
  type LocalHubProblem,
  type LocalHubProcess,
} from '../../core/hub/hub';
import { localHubStatus } from '../../core/hub/hubStatus';
import { type LocalHubEndpoints } from '../../localHub/start';
import { iconLabel } from '../../core/base/singleLine';

export type LocalHubState = LocalHubProcess<{ readonly endpoints: LocalHubEndpoints }>;

export const localHubId = 'local-hub';

/** The entry in the list of hubs, without the secrets of its endpoints. */
export const toLocalHub = (state: LocalHubState): LocalHub => ({
  kind: 'local',
  id: localHubId,
  name: l10n.t('Local Hub'),
  status: localHubStatus(state),
  process:
    state.kind === 'running'
      ? { kind: 'running', ports: portsOf(state.endpoints), problems: state.problems ?? [] }
      : state,
});

const portsOf = ({ mqttPort, httpsPort, amqpPort, amqpPlainPort }: LocalHubEndpoints): LocalHubPorts => ({
  mqtt: mqttPort,
  https: httpsPort,
  amqp: amqpPort,
  amqpPlain: amqpPlainPort,
});

/** The status bar item of the local hub. */
export interface LocalHubStatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly isError: boolean;
  readonly isWarning?: boolean;
}

export function localHubStatusText(state: LocalHubState): LocalHubStatusText {
  const name = l10n.t('Local Hub');
  switch (state.kind) {
    case 'stopped':
      return {
        text: iconLabel('vm-outline', name),
        tooltip: l10n.t('The local hub is stopped. Click for actions.'),
        isError: false,
      };
    case 'starting':
      return {
        text: iconLabel('loading~spin', name),
        tooltip: l10n.t('The local hub is starting. Click for actions.'),
        isError: false,
      };
    case 'running': {
      const refusal = state.problems?.find(({ kind }) => kind === 'refusing');
      if (refusal) {
        return {
          text: iconLabel('warning', `${name} :${state.endpoints.mqttPort}`),
          tooltip: `${l10n.t('The local hub cannot store data: {0}', refusal.text)}\n${l10n.t('Click for actions.')}`,
          isError: false,
          isWarning: true,
        };
      }
      return {
        text: iconLabel('vm-running', `${name} :${state.endpoints.mqttPort}`),
        tooltip: l10n.t(
          'The local hub is running on MQTT port {0}. Click for actions.',
          String(state.endpoints.mqttPort),
        ),
        isError: false,
      };
    }
    case 'stopping':
      return {
        text: iconLabel('loading~spin', name),
        tooltip: l10n.t('The local hub is stopping. Click for actions.'),
        isError: false,
      };
    case 'failed':
      return {
        text: iconLabel('error', name),
        tooltip: `${l10n.t('The local hub failed: {0}', state.reason)}\n${l10n.t('Click for actions.')}`,
        isError: true,
      };
  }
}

/** The problem as a notification. */
export const problemNotice = ({ kind, text }: LocalHubProblem): string =>
  kind === 'refusing' ? l10n.t('The local hub cannot store data: {0}', text) : l10n.t('Local hub: {0}', text);

/** Reports configured ports that were in use; `undefined` if there were none. */
export function movedPortsNotice({ movedPorts }: LocalHubEndpoints): string | undefined {
  const [first] = movedPorts;
  if (!first) return undefined;
  if (movedPorts.length === 1) {
    return l10n.t(
      'Port {0} is in use. The local hub uses port {1} for {2}. Connection strings contain the new port.',
      String(first.wanted),
      String(first.opened),
      portName(first.name),
    );
  }
  const moves = movedPorts.map(({ name, wanted, opened }) => `${portName(name)} ${wanted} → ${opened}`);
  return l10n.t(
    'Some ports are in use. The local hub uses other ports: {0}. Connection strings contain the new ports.',
    itemList(moves),
  );
}

function portName(name: LocalHubEndpoints['movedPorts'][number]['name']): string {
  switch (name) {
    case 'mqtt':
      return 'MQTT';
    case 'https':
      return 'HTTPS';
    case 'amqp':
      return 'AMQP';
    case 'amqpPlain':
      return l10n.t('AMQP without TLS');
  }
}
