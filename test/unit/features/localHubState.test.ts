import { describe, expect, it } from 'vitest';
import {
  localHubNode,
  localHubStatus,
  movedPortsSentence,
  type LocalHubState,
} from '../../../src/features/localHub/localHubState';
import { type LocalHubEndpoints } from '../../../src/localHub/start';

const endpoints: LocalHubEndpoints = {
  hubName: 'local-hub',
  hostName: 'localhost',
  mqttPort: 8884,
  httpsPort: 8443,
  amqpPort: 5671,
  amqpPlainPort: 5672,
  caFile: '/ca.pem',
  serviceConnectionString: 'HostName=localhost;SharedAccessKeyName=iothubowner;SharedAccessKey=c2VjcmV0',
  eventHubConnectionString: 'Endpoint=sb://localhost/;SharedAccessKey=c2VjcmV0',
  workbenchConnectionString: 'HostName=localhost;SharedAccessKey=c2VjcmV0',
  armEndpoint: 'https://localhost:8443',
  armTokenFile: '/arm-token',
  tenantId: 't',
  subscriptionId: 's',
  resourceGroup: 'local',
  principalId: 'p',
  sampleDevices: [],
  movedPorts: [{ name: 'mqtt', wanted: 8883, opened: 8884 }],
  dataFolder: '/data',
  pid: 1,
};
const states: readonly LocalHubState[] = [
  { kind: 'stopped' },
  { kind: 'stopped', note: 'stopped in another window' },
  { kind: 'starting' },
  { kind: 'running', endpoints },
  { kind: 'stopping' },
  { kind: 'failed', reason: 'its process ended' },
];

describe('The local hub in the tree', () => {
  it.each([
    [0, 'stopped', 'off', 'hub;local;stopped'],
    [2, 'starting…', 'busy', 'hub;local;busy'],
    [3, 'running :8884', 'ready', 'hub;local;running'],
    [4, 'stopping…', 'busy', 'hub;local;busy'],
    [5, 'failed: its process ended', 'failed', 'hub;local;failed'],
  ])('shows state %d as "%s"', (index, description, status, tags) => {
    const node = localHubNode(states[index] as LocalHubState);
    expect(node.description).toBe(description);
    expect(node.status.kind).toBe(status);
    expect(['hub', ...node.tags].join(';')).toBe(tags);
  });

  it('shows no secret in any state, nor does the status bar', () => {
    for (const state of states) {
      expect(JSON.stringify([localHubNode(state), localHubStatus(state)])).not.toMatch(
        /SharedAccessKey|c2VjcmV0/,
      );
    }
  });

  it('is an error in the status bar only when it has failed', () => {
    expect(states.filter((state) => localHubStatus(state).isError).map(({ kind }) => kind)).toEqual([
      'failed',
    ]);
  });

  it('tells in one sentence which ports moved', () => {
    expect(movedPortsSentence(endpoints)).toContain('MQTT 8883 → 8884');
    expect(movedPortsSentence({ ...endpoints, movedPorts: [] })).toBeUndefined();
  });
});
