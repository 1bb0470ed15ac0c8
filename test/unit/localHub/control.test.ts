import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ControlServer, AlreadyRunningError } from '../../../src/localHub/control/server';
import { controlPath } from '../../../src/localHub/control/socketPath';
import { Problems } from '../../../src/localHub/control/problems';
import type { HubProblem, LocalHubEndpoints } from '../../../src/localHub/control/contract';
import { joinLocalHub } from '../../../src/localHub/start';
import { makeFolder } from './support/openHubData';

let folder: string;
let control: ControlServer;

beforeEach(async () => {
  folder = makeFolder();
  control = await ControlServer.acquire(folder);
});
afterEach(async () => {
  await control.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('the control socket', () => {
  it('reports problems with the stored data to windows, also to those that join later', async () => {
    const problems = new Problems((all) => {
      control.setProblems(all);
    });
    control.ready({ hubName: 'local-hub' } as LocalHubEndpoints);
    problems.addSetAside('local-hub', 'set aside');
    problems.setFault('plant', 'full');
    const seen: (readonly HubProblem[])[] = [];
    const lease = await joinLocalHub({ dataFolder: folder, onProblems: (all) => seen.push(all) });
    const full = { kind: 'refusing', hubName: 'plant', text: "Hub 'plant': full" };
    const aside = { kind: 'setAside', hubName: 'local-hub', text: 'set aside' };
    expect(seen).toEqual([[full, aside]]);
    problems.setFault('plant', undefined);
    await vi.waitFor(() => {
      expect(seen.at(-1)).toEqual([aside]);
    });
    lease?.release();
  });

  it.skipIf(process.platform === 'win32')('never exists with access for other users', async () => {
    const umasks: number[] = [];
    const listen = Reflect.get(net.Server.prototype, 'listen') as (...all: unknown[]) => net.Server;
    const spy = vi.spyOn(net.Server.prototype, 'listen').mockImplementation(function (
      this: net.Server,
      ...args: unknown[]
    ) {
      umasks.push(process.umask());
      return listen.apply(this, args);
    });
    const other = makeFolder();
    const before = process.umask(0);
    const server = await ControlServer.acquire(other).finally(() => process.umask(before));
    try {
      expect(umasks).toEqual([0o177]);
      expect(fs.statSync(controlPath(other)).mode & 0o777).toBe(0o600);
    } finally {
      spy.mockRestore();
      await server.close();
      fs.rmSync(other, { recursive: true });
    }
  });

  it.skipIf(process.platform === 'win32')('is created again after it was deleted', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const other = makeFolder();
    const server = await ControlServer.acquire(other);
    try {
      const [socket = ''] = fs.readdirSync(other);
      server.ready({ hubName: 'local-hub' } as LocalHubEndpoints);
      fs.rmSync(path.join(other, socket));
      vi.advanceTimersByTime(5_000);
      await vi.waitFor(() => {
        expect(fs.readdirSync(other)).toEqual([socket]);
      });
      await expect(ControlServer.acquire(other)).rejects.toThrow(AlreadyRunningError);
      const lease = await joinLocalHub({ dataFolder: other });
      expect(lease?.endpoints.hubName).toBe('local-hub');
      lease?.release();
    } finally {
      vi.useRealTimers();
      await server.close();
      expect(fs.readdirSync(other)).toEqual([]);
      fs.rmSync(other, { recursive: true });
    }
  });

  it('locks the folder, whatever path leads to it, and says so in one sentence', async () => {
    const link = `${folder}-link`;
    fs.symlinkSync(folder, link, 'junction');
    try {
      for (const name of [folder, link, path.join(folder, '..', path.basename(folder))]) {
        const second = ControlServer.acquire(name);
        await expect(second).rejects.toThrow(AlreadyRunningError);
        await expect(second).rejects.toThrow(
          `The data folder ${name} is in use by another local hub: stop that hub, or choose another folder with --data.`,
        );
      }
    } finally {
      fs.unlinkSync(link);
    }
  });
});
