import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalHubControl } from '../../../src/features/localHub/localHubControl';
import { toLocalHub } from '../../../src/features/localHub/localHubState';
import { presentHub } from '../../../src/explorer/hubPresentation';
import type { LocalHubEndpoints } from '../../../src/localHub/control/contract';
import { Problems } from '../../../src/localHub/control/problems';
import { ControlServer } from '../../../src/localHub/control/server';

let dataFolder: string;
let server: ControlServer;
let control: LocalHubControl;

beforeEach(async () => {
  dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-control-'));
  server = await ControlServer.acquire(dataFolder);
});
afterEach(async () => {
  control.dispose();
  await server.close();
  fs.rmSync(dataFolder, { recursive: true, force: true });
});

describe('a window', () => {
  it('shows in the tree why the hub cannot store data, until it can again', async () => {
    const problems = new Problems((all) => {
      server.setProblems(all);
    });
    problems.setFault('local-hub', 'The disk is full.');
    server.ready({ hubName: 'local-hub', mqttPort: 8883, pid: 1 } as LocalHubEndpoints);
    const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    control = new LocalHubControl(() => ({ program: '', nodePath: '', dataFolder }), log);
    const description = (): string => presentHub(toLocalHub(control.state)).description;
    await vi.waitFor(() => {
      expect(description()).toBe('cannot store data: The disk is full.');
    });
    problems.setFault('local-hub', undefined);
    await vi.waitFor(() => {
      expect(description()).toBe('running :8883');
    });
    problems.addSetAside('local-hub', 'hub.db is damaged.');
    await vi.waitFor(() => {
      expect(presentHub(toLocalHub(control.state)).tooltip).toMatch(/\nhub\.db is damaged\.$/);
    });
  });
});

describe('a start that failed', () => {
  it('is not repeated by what uses the hub, only by the user', async () => {
    await server.close();
    const starts = path.join(dataFolder, 'starts');
    const program = path.join(dataFolder, 'broken.js');
    fs.writeFileSync(
      program,
      `require('node:fs').appendFileSync(${JSON.stringify(starts)}, 'x'); throw new TypeError('The floor is wet.');`,
    );
    const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    control = new LocalHubControl(() => ({ program, nodePath: process.execPath, dataFolder }), log);
    const reason = 'The local hub did not start: The floor is wet.';
    for (let use = 0; use < 3; use++) await expect(control.startUnlessFailed()).rejects.toThrow(reason);
    expect(fs.readFileSync(starts, 'utf8')).toBe('x');
    expect(control.state).toEqual({ kind: 'failed', reason });
    await expect(control.start()).rejects.toThrow(reason);
    expect(fs.readFileSync(starts, 'utf8')).toBe('xx');
  });
});
