import { describe, expect, it } from 'vitest';
import { hubStatusNotice, presentHub } from '../../../src/explorer/hubPresentation';
import {
  localHubStatusText,
  movedPortsNotice,
  problemNotice,
  toLocalHub,
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
  identityEndpoint: 'https://localhost:8443/msi/token',
  identityHeader: 'secret',
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

describe('local hub in the tree', () => {
  it.each([
    [0, 'stopped', 'off', 'hub;local;stopped'],
    [2, 'starting…', 'busy', 'hub;local;busy'],
    [3, 'running :8884', 'ready', 'hub;local;running'],
    [4, 'stopping…', 'busy', 'hub;local;busy'],
    [5, 'failed: its process ended', 'failed', 'hub;local;failed'],
  ])('shows state %d as "%s"', (index, description, status, tags) => {
    const hub = toLocalHub(states[index] as LocalHubState);
    const look = presentHub(hub);
    expect(look.description).toBe(description);
    expect(hub.status).toBe(status);
    expect(['hub', ...look.tags].join(';')).toBe(tags);
  });

  it('shows its ports while it is running, and why it was stopped', () => {
    const tooltip = (state: LocalHubState) => presentHub(toLocalHub(state)).tooltip;
    expect(tooltip({ kind: 'running', endpoints })).toContain(
      'MQTT (TLS): 8884\nHTTPS: 8443\nAMQP (TLS): 5671',
    );
    expect(tooltip({ kind: 'stopped', note: 'stopped in another window' })).toMatch(
      /\nstopped in another window$/,
    );
    expect(tooltip({ kind: 'failed', reason: 'its process ended' })).toBe('Local Hub\nits process ended');
  });

  it('shows no secret in any state, nor does the status bar', () => {
    for (const state of states) {
      const hub = toLocalHub(state);
      const shown = [hub, presentHub(hub), hubStatusNotice(hub), localHubStatusText(state)];
      expect(JSON.stringify(shown)).not.toMatch(/SharedAccessKey|c2VjcmV0/);
    }
  });

  it('is shown as an error in the status bar only if it has failed', () => {
    expect(states.filter((state) => localHubStatusText(state).isError).map(({ kind }) => kind)).toEqual([
      'failed',
    ]);
  });

  it('shows why a running hub cannot store data, and which damaged files were set aside', () => {
    const full = { kind: 'refusing', text: 'The disk is full.' } as const;
    const damaged = { kind: 'setAside', text: 'The file hub.db is damaged.' } as const;
    const refusing: LocalHubState = { kind: 'running', endpoints, problems: [full, damaged] };
    const look = presentHub(toLocalHub(refusing));
    expect(look.description).toBe('cannot store data: The disk is full.');
    expect(look.iconColor).toBe('problemsWarningIcon.foreground');
    expect(look.tooltip).toMatch(/\nThe disk is full\.\nThe file hub\.db is damaged\.$/);
    expect(look.tags).toEqual(['local', 'running']);
    expect(localHubStatusText(refusing)).toMatchObject({
      text: '$(warning) Local Hub :8884',
      tooltip: 'The local hub cannot store data: The disk is full.\nClick for actions.',
      isWarning: true,
    });
    expect([full, damaged].map(problemNotice)).toEqual([
      'The local hub cannot store data: The disk is full.',
      'Local hub: The file hub.db is damaged.',
    ]);

    const recovered: LocalHubState = { ...refusing, problems: [damaged] };
    const again = presentHub(toLocalHub(recovered));
    expect(again.description).toBe('running :8884');
    expect(again.iconColor).toBeUndefined();
    expect(again.tooltip).toMatch(/\nThe file hub\.db is damaged\.$/);
    expect(localHubStatusText(recovered).isWarning).toBeUndefined();
  });

  it('reports which ports were in use', () => {
    expect(movedPortsNotice(endpoints)).toContain(
      'Port 8883 is in use. The local hub uses port 8884 for MQTT.',
    );
    expect(
      movedPortsNotice({
        ...endpoints,
        movedPorts: [...endpoints.movedPorts, { name: 'https', wanted: 443, opened: 8443 }],
      }),
    ).toContain('MQTT 8883 → 8884, HTTPS 443 → 8443');
    expect(movedPortsNotice({ ...endpoints, movedPorts: [] })).toBeUndefined();
  });
});
