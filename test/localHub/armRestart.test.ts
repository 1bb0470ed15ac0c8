import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAccount } from '../../src/localHub/account/account';
import { Problems } from '../../src/localHub/control/problems';
import { startLocalHub, type LocalHubEndpoints } from '../../src/localHub/start';
import { openDatabase } from '../../src/localHub/state/database';
import { allOf, armClients, createHub, deviceOf, hubOf, rest, tokenOf, version } from './support/arm';
import { makeTemporaryFolder, startTestHub } from './support/hub';
import { run } from './support/mosquitto';
import { buildProgram, freePorts, removeProgram, runProgram, type RunningProgram } from './support/program';

let program: string;
const folders: string[] = [];
const newFolder = (): string => {
  const folder = makeTemporaryFolder();
  folders.push(folder);
  return folder;
};

beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => {
  removeProgram(program);
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

describe('Hubs created in ARM', () => {
  it('are restored after the process was killed, with port, devices, keys and settings', async () => {
    const dataFolder = newFolder();
    const first = await runProgram(program, ['--data', dataFolder, ...freePorts]);
    const made = await createHub(first.endpoints, 'stays', { partitionCount: 3 });
    await deviceOf(made, 'kept');
    const { hubs, resources } = armClients(first.endpoints);
    await hubs.iotHubResource.beginUpdateAndWait('made', 'stays', { tags: { t: '1' } });
    await resources.resourceGroups.createOrUpdate('empty', { location: 'westlocal' });
    // Two operations that the process does not complete.
    await hubs.iotHubResource.beginCreateOrUpdate('made', 'half-made', {
      location: 'local',
      sku: { name: 'S1', capacity: 1 },
    });
    await createHub(first.endpoints, 'half-gone');
    await hubs.iotHubResource.beginDelete('made', 'half-gone');
    await first.kill('SIGKILL');

    const second = await runProgram(program, ['--data', dataFolder, ...freePorts]);
    try {
      const arm = armClients(second.endpoints);
      expect(
        (await allOf(arm.hubs.iotHubResource.listByResourceGroup('made'))).map(({ name }) => name),
      ).toEqual(['half-made', 'stays']);
      const again = await hubOf(second.endpoints, 'made', 'stays');
      expect(again.hostName).toBe(made.hostName);
      expect(again.keyOf('service')).toBe(made.keyOf('service'));
      expect(again.description).toMatchObject({
        tags: { t: '1' },
        properties: { eventHubEndpoints: { events: { partitionCount: 3 } } },
      });
      expect((await again.registry().get('kept')).responseBody).toMatchObject({ deviceId: 'kept' });
      expect((await arm.hubs.iotHubResource.get('made', 'half-made')).properties?.provisioningState).toBe(
        'Succeeded',
      );
      expect((await allOf(arm.resources.resourceGroups.list())).map(({ name }) => name)).toContain('empty');
      expect(fs.readdirSync(path.join(dataFolder, 'hubs')).sort()).toEqual(['half-made', 'stays']);
      for (const file of ['account.json', 'hubs/stays/hub.db', 'hubs/stays/server.key', 'arm-token']) {
        expect(fs.statSync(path.join(dataFolder, file)).mode & 0o777).toBe(0o600);
      }
    } finally {
      await second.kill('SIGTERM');
    }
  });

  it('move to another port if their port is in use', async () => {
    const dataFolder = newFolder();
    const first = await startTestHub({ dataFolder, armPhaseMs: 10 });
    const made = await createHub(first.endpoints, 'moves');
    await first.close();
    const blocker = net.createServer().listen(made.port, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const second = await startTestHub({ dataFolder });
    const moved = await hubOf(second.endpoints, 'made', 'moves');
    expect(moved.port).not.toBe(made.port);
    expect(second.logLines.join('\n')).toContain(`Port ${made.port} of hub 'moves' is in use`);
    await second.close();
    blocker.close();
  });

  it('that are being created or deleted do not delay the end of the process', async () => {
    const dataFolder = newFolder();
    const first = await startTestHub({ dataFolder, armPhaseMs: 600_000 });
    const { hubs, resources } = armClients(first.endpoints);
    await resources.resourceGroups.createOrUpdate('busy', { location: 'local' });
    const sku = { name: 'S1', capacity: 1 } as const;
    await hubs.iotHubResource.beginCreateOrUpdate('busy', 'is-made', { location: 'local', sku });
    await resources.resourceGroups.beginDelete('busy');
    await resources.resourceGroups.createOrUpdate('kept', { location: 'local' });
    await hubs.iotHubResource.beginCreateOrUpdate('kept', 'is-kept', { location: 'local', sku });
    // A phase takes longer than the test timeout.
    await first.close();
    const second = await startTestHub({ dataFolder });
    const left = await allOf(armClients(second.endpoints).hubs.iotHubResource.listBySubscription());
    expect(left.map(({ name, properties }) => [name, properties?.state])).toEqual([
      ['is-kept', 'Active'],
      ['local-hub', 'Active'],
    ]);
    await second.close();
  });

  it('that cannot be opened are Failed, and the others work', async () => {
    const dataFolder = newFolder();
    const first = await startTestHub({ dataFolder, armPhaseMs: 10 });
    await createHub(first.endpoints, 'broken');
    await createHub(first.endpoints, 'whole');
    await first.close();
    const database = await openDatabase(path.join(dataFolder, 'hubs/broken'));
    database.exec('PRAGMA user_version = 1000');
    database.close();
    const second = await startTestHub({ dataFolder });
    const { hubs } = armClients(second.endpoints);
    const states = (await allOf(hubs.iotHubResource.listByResourceGroup('made'))).map(
      ({ name, properties }) => [name, properties?.provisioningState],
    );
    expect(states).toEqual([
      ['broken', 'Failed'],
      ['whole', 'Succeeded'],
    ]);
    await hubs.iotHubResource.beginDeleteAndWait('made', 'broken');
    await second.close();
  });

  it('are deleted by a reset, which keeps other files', async () => {
    const dataFolder = newFolder();
    const options = {
      program,
      nodePath: process.execPath,
      dataFolder,
      ports: { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 },
    };
    const lease = await startLocalHub(options);
    await createHub(lease.endpoints, 'gone');
    fs.writeFileSync(path.join(dataFolder, 'hubs/gone/notes.txt'), 'mine');
    await lease.reset();
    expect(fs.existsSync(path.join(dataFolder, 'account.json'))).toBe(false);
    expect(fs.readdirSync(path.join(dataFolder, 'hubs/gone'))).toEqual(['notes.txt']);
    const next = await startLocalHub(options);
    expect(await allOf(armClients(next.endpoints).hubs.iotHubResource.listBySubscription())).toHaveLength(1);
    await next.stop();
  });
});

describe('A damaged account file', () => {
  const hubWithName = (name: string): string =>
    JSON.stringify({
      version: 1,
      groups: [],
      roleAssignments: [],
      hubs: [
        {
          name,
          group: 'g',
          location: 'local',
          phase: 'Succeeded',
          etag: 'e',
          sku: { name: 'S1', units: 1 },
          partitionCount: 2,
          retentionDays: 1,
          port: 0,
        },
      ],
    });

  it.each([
    ['empty', '', /it is empty/],
    ['not JSON', '{"version":1,', /it is not valid JSON/],
    ['without a version', '{"hubs":[]}', /it has no valid version/],
    ['no hubs', '{"version":1,"groups":[],"roleAssignments":[]}', /its hubs are not valid/],
    ['a hub name outside its folder', hubWithName('../x'), /its hubs are not valid/],
  ])('is set aside as it is: %s', async (_, text, reason) => {
    const dataFolder = newFolder();
    const file = path.join(dataFolder, 'account.json');
    fs.writeFileSync(file, text);
    const problems = new Problems();
    const hub = await startTestHub({ dataFolder, problems });
    await hub.close();
    expect(problems.all).toEqual([
      { kind: 'setAside', hubName: 'local-hub', text: expect.stringMatching(reason) as unknown },
    ]);
    const [aside = ''] = fs.readdirSync(dataFolder).filter((name) => name.startsWith('account.json.damaged'));
    expect(problems.all[0]?.text).toContain(path.join(dataFolder, aside));
    expect(hub.logLines.filter((line) => line.includes(aside))).toHaveLength(1);
    expect(fs.readFileSync(path.join(dataFolder, aside), 'utf8')).toBe(text);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toMatchObject({ hubs: [{ name: 'local-hub' }] });
  });

  it.each<[string, (file: string) => void]>([
    ['damaged', (file) => fs.writeFileSync(file, '{')],
    ['missing', (file) => fs.rmSync(file)],
  ])('that is %s does not lose the hubs that were created in ARM', async (state, damage) => {
    const dataFolder = newFolder();
    const first = await startTestHub({ dataFolder });
    await createHub(first.endpoints, 'plant');
    const made = await hubOf(first.endpoints, 'made', 'plant');
    await made.registry().create({ deviceId: 'press' });
    await first.close();
    damage(path.join(dataFolder, 'account.json'));
    const problems = new Problems();
    const second = await startTestHub({ dataFolder, problems });
    expect(problems.all).toEqual([
      expect.objectContaining({
        text: expect.stringMatching(new RegExp(`is ${state}.*: 'plant'`)) as unknown,
      }),
    ]);
    const found = await hubOf(second.endpoints, 'recovered', 'plant');
    expect(found.description.properties?.state).toBe('Active');
    const { responseBody } = await found.registry().list();
    expect(responseBody).toMatchObject([{ deviceId: 'press' }]);
    await second.close();
  });

  it('of a newer version prevents the start, which the program reports in one line', async () => {
    const dataFolder = newFolder();
    const file = path.join(dataFolder, 'account.json');
    fs.writeFileSync(file, '{"version":9}');
    const { code, output } = await run(process.execPath, [program, '--data', dataFolder, ...freePorts]);
    expect(code).toBe(1);
    expect(output.trim().split('\n').at(-1)).toMatch(
      /^The account file .* has version 9, but .* supports only versions up to 2: update/,
    );
    expect(output).not.toMatch(/ at .*\.(ts|js):/);
    expect(fs.readFileSync(file, 'utf8')).toBe('{"version":9}');
  });
});

describe('A database of a newer version', () => {
  it('is reported by the program in one line, and the account stays as it is', async () => {
    const dataFolder = newFolder();
    const sql = await openDatabase(dataFolder);
    sql.exec('PRAGMA user_version = 1000');
    sql.close();
    const { code, output } = await run(process.execPath, [program, '--data', dataFolder, ...freePorts]);
    expect(code).toBe(1);
    expect(output.trim().split('\n').at(-1)).toMatch(
      /^The database .*hub\.db has schema version 1000, but .* supports only versions up to \d+: update/,
    );
    expect(output).not.toMatch(/ at .*\.(ts|js):/);
    expect(fs.existsSync(path.join(dataFolder, 'account.json'))).toBe(false);
  });
});

describe('Command line', () => {
  it('The program accepts the options of ARM', async () => {
    const dataFolder = newFolder();
    const log = path.join(dataFolder, 'calls.jsonl');
    const options = [
      '--arm-throttle',
      '2',
      '--arm-token-seconds',
      '60',
      '--arm-unregistered',
      '--arm-read-only',
      '--arm-log',
      log,
    ];
    const running = await runProgram(program, ['--data', dataFolder, ...freePorts, ...options]);
    try {
      const { endpoints } = running;
      const [, claims = ''] = tokenOf(endpoints).split('.');
      const { exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
        exp: number;
        iat: number;
      };
      expect(exp - iat).toBe(60);
      const ask = (where: string, method = 'GET') => rest(endpoints, `${where}?${version}`, { method });
      const provider = `/subscriptions/${endpoints.subscriptionId}/providers/Microsoft.Devices`;
      expect((await ask(provider)).body.registrationState).toBe('NotRegistered');
      expect((await ask(`${provider}/register`, 'POST')).status).toBe(403);
      expect((await ask(provider)).status).toBe(429);
      expect(fs.readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(3);
    } finally {
      await running.kill('SIGTERM');
    }
  });

  it('The program applies --arm-phase-ms to the states of a hub', async () => {
    const start = (...options: string[]) =>
      runProgram(program, ['--data', newFolder(), ...freePorts, ...options]);
    const [slow, normal] = await Promise.all([start('--arm-phase-ms', '60000'), start()]);
    try {
      const hubPathOf = ({ subscriptionId, resourceGroup }: LocalHubEndpoints) =>
        `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Devices/IotHubs/new-hub?${version}`;
      const stateOf = async ({ endpoints }: RunningProgram) =>
        (await rest(endpoints, hubPathOf(endpoints))).body['properties'];
      const body = { location: 'local', sku: { name: 'S1', capacity: 1 } };
      for (const { endpoints } of [slow, normal])
        expect((await rest(endpoints, hubPathOf(endpoints), { method: 'PUT', body })).status).toBe(201);
      await expect.poll(() => stateOf(normal)).toMatchObject({ state: 'Active' });
      expect(await stateOf(slow)).toMatchObject({ state: 'Activating' });
    } finally {
      await Promise.all([slow.kill('SIGTERM'), normal.kill('SIGTERM')]);
    }
  });

  it('The program fails on the first port in use and leaves nothing open', async () => {
    const blocker = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const port = (blocker.address() as net.AddressInfo).port;
    const dataFolder = newFolder();
    const start = startAccount({
      dataFolder,
      ports: { mqtt: 0, https: port, amqp: 0, amqpPlain: 0 },
      movePorts: false,
      listenAddress: '127.0.0.1',
      sample: false,
      partitionCount: 2,
      retentionMs: 3_600_000,
      maxBytes: 1_000_000,
      log: () => undefined,
    });
    await expect(start).rejects.toThrow(/Port \d+ on 127\.0\.0\.1 is in use/);
    blocker.close();
    const again = await startTestHub({ dataFolder });
    await again.close();
  });
});
