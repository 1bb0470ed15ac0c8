import { describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { type LocalHubProblem } from '../../../src/core/hub/hub';
import { showNotices } from '../../../src/features/localHub/localHubNotices';
import { type LocalHubState } from '../../../src/features/localHub/localHubState';
import { type LocalHubEndpoints } from '../../../src/localHub/start';
import { fake } from '../../support/vscode/fake';

const endpoints = {
  mqttPort: 8884,
  movedPorts: [{ name: 'mqtt', wanted: 8883, opened: 8884 }],
} as unknown as LocalHubEndpoints;
const full: LocalHubProblem = { kind: 'refusing', text: 'The disk is full.' };
const damaged: LocalHubProblem = { kind: 'setAside', text: 'hub.db is damaged.' };

describe('notifications of the local hub', () => {
  it('are shown once for each start and each problem, however often its state changes', async () => {
    const changed = new Emitter<void>();
    const hub = { state: { kind: 'stopped' } as LocalHubState, onDidChange: changed.event };
    const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const subscription = showNotices(hub, log);
    const change = (state: LocalHubState): void => {
      hub.state = state;
      changed.fire();
    };
    fake.button = 'Show Log';
    change({ kind: 'starting' });
    change({ kind: 'running', endpoints });
    change({ kind: 'running', endpoints, problems: [full] });
    change({ kind: 'running', endpoints, problems: [full, damaged] });
    change({ kind: 'running', endpoints, problems: [damaged] });
    expect(fake.shown.map(({ severity, text, buttons }) => [severity, text, buttons])).toEqual([
      ['information', expect.stringContaining('Port 8883 is in use.'), []],
      ['warning', 'The local hub cannot store data: The disk is full.', ['Show Log']],
      ['warning', 'Local hub: hub.db is damaged.', ['Show Log']],
    ]);
    await vi.waitFor(() => {
      expect(fake.executed.map(([command]) => command)).toEqual([
        'iotHubWorkbench.showLocalHubLog',
        'iotHubWorkbench.showLocalHubLog',
      ]);
    });
    change({ kind: 'stopped' });
    change({ kind: 'running', endpoints: { ...endpoints } });
    expect(fake.shown).toHaveLength(4);
    subscription.dispose();
    expect(log.error).not.toHaveBeenCalled();
  });
});
