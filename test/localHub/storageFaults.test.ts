import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Problems } from '../../src/localHub/control/problems';
import type { HubProblem, LocalHubEndpoints } from '../../src/localHub/control/contract';
import { startLocalHub } from '../../src/localHub/start';
import { rest, version } from './support/arm';
import {
  createDevice,
  deviceToken,
  makeTemporaryFolder,
  readEvents,
  registryOf,
  startTestHub,
  type TestDevice,
  type TestHub,
} from './support/hub';
import { buildProgram, freePorts, removeProgram, runProgram, type RunningProgram } from './support/program';

const connect = (endpoints: LocalHubEndpoints, device: TestDevice): Promise<MqttClient> =>
  mqtt.connectAsync(
    `mqtts://localhost:${endpoints.mqttPort}`,
    {
      ca: fs.readFileSync(endpoints.caFile),
      protocolVersion: 4,
      clientId: device.deviceId,
      username: `localhost/${device.deviceId}/?api-version=2021-04-12`,
      password: deviceToken(device),
      reconnectPeriod: 0,
    },
    false,
  );

/** Publishes with QoS 1. @returns `acknowledged`, or `closed` if the hub closed the connection without PUBACK */
async function publish(client: MqttClient, body: string | Buffer): Promise<'acknowledged' | 'closed'> {
  const topic = `devices/${client.options.clientId ?? ''}/messages/events/`;
  return new Promise((resolve) => {
    const onClose = (): void => {
      resolve('closed');
    };
    client.once('close', onClose);
    client.publish(topic, body, { qos: 1 }, (error) => {
      if (error) return;
      client.off('close', onClose);
      resolve('acknowledged');
    });
  });
}

const groupPath = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/made';

describe('a hub whose disk cannot be written', () => {
  let hub: TestHub;
  let device: TestDevice;
  const problems = new Problems();

  beforeAll(async () => {
    // The WebAssembly build writes through `node:fs`, where a full disk can be imitated.
    hub = await startTestHub({ sqlEngine: 'wasm', problems });
    device = await createDevice(hub.endpoints, 'pump');
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await hub.close();
  });

  const failWrites = (code: string, text: string): void => {
    const refuse = (): never => {
      throw Object.assign(new Error(`${code}: ${text}, write`), { code, syscall: 'write' });
    };
    vi.spyOn(fs, 'writeSync').mockImplementation(refuse);
    vi.spyOn(fs, 'writeFileSync').mockImplementation(refuse);
  };

  it('refuses devices, the registry and ARM as unavailable, reads, and recovers when there is room', async () => {
    const { endpoints, logLines } = hub;
    const registry = registryOf(endpoints);
    const client = await connect(endpoints, device);
    expect(await publish(client, 'before')).toBe('acknowledged');

    failWrites('ENOSPC', 'no space left on device');
    expect(await publish(client, 'refused')).toBe('closed');
    const reason = /The disk with .*hub\.db is full\./;
    expect(logLines.filter((line) => line.includes('closed the connection of device pump'))).toEqual([
      expect.stringMatching(new RegExp(`a message could not be stored: ${reason.source}`)),
    ]);
    expect(problems.all).toEqual([
      { kind: 'refusing', hubName: 'local-hub', text: expect.stringMatching(reason) as unknown },
    ]);
    await expect(connect(endpoints, device)).rejects.toThrow("Couldn't connect to server");
    expect(logLines.at(-1)).toMatch(new RegExp(`MQTT: refused .*: ${reason.source}`));
    await expect(registry.create({ deviceId: 'refused' })).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      response: { statusCode: 503 },
      responseBody: expect.stringMatching(/ErrorCode:ServiceUnavailable;The disk with/) as unknown,
    });
    await expect(registry.addDevices([{ deviceId: 'one' }, { deviceId: 'two' }])).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
    const event = await rest(endpoints, `/devices/pump/messages/events?${version}`, {
      method: 'POST',
      headers: { Authorization: deviceToken(device) },
    });
    expect([event.status, event.body.Message]).toEqual([
      503,
      expect.stringMatching(/^ErrorCode:ServiceUnavailable;The disk with/),
    ]);
    const group = await rest(endpoints, `${groupPath}?${version}`, {
      method: 'PUT',
      body: { location: 'local' },
    });
    expect(group.status).toBe(503);
    expect(group.body).toMatchObject({ error: { code: 'ServiceUnavailable' } });

    expect((await registry.list()).responseBody).toMatchObject([{ deviceId: 'pump' }]);
    expect((await readEvents(endpoints, 1)).map(({ body }) => String(body))).toEqual(['before']);
    expect((await rest(endpoints, `${groupPath}?${version}`)).status).toBe(404);

    vi.restoreAllMocks();
    const again = await connect(endpoints, device);
    expect(await publish(again, 'after')).toBe('acknowledged');
    expect(problems.all).toEqual([]);
    await registry.create({ deviceId: 'accepted' });
    expect((await readEvents(endpoints, 2)).map(({ body }) => String(body))).toEqual(['before', 'after']);
    await again.endAsync();
  });

  it('continues on a disk that became read-only, while many devices send and disconnect', async () => {
    const { endpoints } = hub;
    const devices = await Promise.all(
      Array.from({ length: 10 }, (_, i) => createDevice(endpoints, `device-${i}`)),
    );
    const clients = await Promise.all(devices.map((each) => connect(endpoints, each)));
    failWrites('EROFS', 'read-only file system');
    const results = await Promise.all(clients.map((client) => publish(client, Buffer.alloc(4_096))));
    expect(new Set(results)).toEqual(new Set(['closed']));
    expect(problems.all[0]?.text).toMatch(
      /^Cannot write .*hub\.db \(EROFS: read-only file system\)\. Messages and changes are refused until/,
    );
    vi.restoreAllMocks();
    const again = await Promise.all(devices.map((each) => connect(endpoints, each)));
    expect(new Set(await Promise.all(again.map((client) => publish(client, 'after'))))).toEqual(
      new Set(['acknowledged']),
    );
    await Promise.all(again.map((client) => client.endAsync()));
  });
});

describe('a hub with full durability', () => {
  it('synchronizes each message with the disk before it acknowledges it', async () => {
    const hub = await startTestHub({ sqlEngine: 'wasm', durability: 'full' });
    const device = await createDevice(hub.endpoints, 'pump');
    const client = await connect(hub.endpoints, device);
    await publish(client, 'first');
    const synchronize = vi.spyOn(fs, 'fsyncSync');
    for (let count = 1; count <= 5; count++) {
      expect(await publish(client, String(count))).toBe('acknowledged');
      expect(synchronize.mock.calls.length).toBeGreaterThanOrEqual(count);
    }
    synchronize.mockRestore();
    await client.endAsync();
    await hub.close();
  });
});

describe('a window that starts a hub with a damaged database', () => {
  it('learns which file was set aside, and that hub works', async () => {
    const program = await buildProgram();
    const dataFolder = makeTemporaryFolder();
    fs.writeFileSync(path.join(dataFolder, 'hub.db'), 'this was a database'.repeat(1_000));
    let problems: readonly HubProblem[] = [];
    try {
      const lease = await startLocalHub({
        program,
        nodePath: process.execPath,
        dataFolder,
        ports: { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 },
        durability: 'full',
        onProblems: (all) => (problems = all),
      });
      const file = path.join(dataFolder, 'hub.db');
      expect(problems).toEqual([
        {
          kind: 'setAside',
          hubName: 'local-hub',
          text: expect.stringContaining(`The file ${file} is damaged (file is not a database).`) as unknown,
        },
      ]);
      const [aside = ''] = fs.readdirSync(dataFolder).filter((name) => name.includes('.damaged-'));
      expect(problems[0]?.text).toContain(`It was set aside as ${path.join(dataFolder, aside)}.`);
      expect(fs.readFileSync(path.join(dataFolder, aside), 'utf8')).toMatch(/^this was a database/);
      await createDevice(lease.endpoints, 'new');
      await lease.stop();
    } finally {
      removeProgram(program);
      fs.rmSync(dataFolder, { recursive: true, force: true });
    }
  });
});

/** A file system of 12 MB, or the reason why there is none. */
function mountSmallDisk(): { readonly folder: string } | { readonly reason: string } {
  if (process.platform !== 'linux') return { reason: 'tmpfs exists only on Linux' };
  const folder = makeTemporaryFolder();
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder]);
  if (status === 0) return { folder };
  fs.rmSync(folder, { recursive: true });
  return { reason: `a file system of 12 MB cannot be mounted: ${error?.message ?? String(stderr).trim()}` };
}

describe('the program on a disk of 12 MB', () => {
  it('survives that it becomes full and that there is room again', async ({ skip }) => {
    const disk = mountSmallDisk();
    if ('reason' in disk) {
      skip(disk.reason);
      return;
    }
    const program = await buildProgram();
    const started: RunningProgram[] = [];
    const start = async (data: string): Promise<RunningProgram> => {
      const running = await runProgram(program, ['--data', data, ...freePorts]);
      started.push(running);
      return running;
    };
    try {
      const filler = path.join(disk.folder, 'filler');
      fs.writeFileSync(filler, Buffer.alloc(9 * 1024 * 1024));
      const data = path.join(disk.folder, 'data');
      const hub = await start(data);
      const device = await createDevice(hub.endpoints, 'pump');
      const client = await connect(hub.endpoints, device);
      let acknowledged = 0;
      const body = (): string => String(acknowledged).padEnd(4_096);
      while ((await publish(client, body())) === 'acknowledged') acknowledged++;
      expect(acknowledged).toBeGreaterThan(100);
      const events = await readEvents(hub.endpoints, acknowledged);
      expect(events).toHaveLength(acknowledged);

      fs.rmSync(filler);
      const again = await connect(hub.endpoints, device);
      expect(await publish(again, body())).toBe('acknowledged');
      await again.endAsync();
      expect(hub.output()).toMatch(/\[error\] Storage: The disk with .*hub\.db is full/);
      expect(hub.output()).toMatch(/\[info\] Storage: .*hub\.db can be written again/);
      expect(await hub.kill('SIGTERM')).toBe(0);

      const next = await start(data);
      const kept = await readEvents(next.endpoints, acknowledged + 1);
      expect(kept.map(({ body: each }) => Number(String(each)))).toEqual(
        Array.from({ length: acknowledged + 1 }, (_, i) => i),
      );
    } finally {
      await Promise.all(started.map((running) => running.kill('SIGKILL')));
      removeProgram(program);
      execFileSync('umount', ['-l', disk.folder]);
      fs.rmSync(disk.folder, { recursive: true, force: true });
    }
  });
});
