import { spawn } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinLocalHub, startLocalHub, type LocalHubLease } from '../../src/localHub/start';
import { until } from './support/until';
import { makeTemporaryFolder, readEvents, registryOf } from './support/hub';
import { run } from './support/mosquitto';
import { buildProgram, freePorts, removeProgram, runProgram } from './support/program';

let program: string;
const folders: string[] = [];

beforeAll(async () => {
  program = await buildProgram();
});

afterAll(() => {
  removeProgram(program);
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

function dataFolder(): string {
  const folder = makeTemporaryFolder();
  folders.push(folder);
  return folder;
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const statusOf = (url: string, caFile: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const request = https.get(url, { ca: fs.readFileSync(caFile), agent: false });
    request.on('error', reject).on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
  });

describe('the command line', () => {
  it('prints one JSON object, writes it to a private file, and stops cleanly', async () => {
    const data = dataFolder();
    const readyFile = path.join(data, 'ready.json');
    const hub = await runProgram(program, ['--data', data, ...freePorts, '--ready-file', readyFile]);
    expect(JSON.parse(fs.readFileSync(readyFile, 'utf8'))).toEqual(hub.endpoints);
    expect(fs.statSync(readyFile).mode & 0o777).toBe(0o600);
    expect(hub.endpoints).toMatchObject({ hubName: 'local-hub', hostName: 'localhost', movedPorts: [] });
    for (const name of ['hub.db', 'ca.key', 'server.key', 'arm-token']) {
      expect(fs.statSync(path.join(data, name)).mode & 0o777, name).toBe(0o600);
    }
    for (const signal of ['SIGTERM'] as const) expect(await hub.kill(signal)).toBe(0);
    expect(hub.output()).toContain('The hub is stopping: received SIGTERM');
    expect(fs.existsSync(readyFile)).toBe(false);
    expect(fs.readdirSync(data).filter((name) => /wal|lock|sock/.test(name))).toEqual([]);
    fs.chmodSync(data, 0o755);
    fs.chmodSync(path.join(data, 'hub.db'), 0o644);
    const again = await runProgram(program, ['--data', data, ...freePorts]);
    expect(again.endpoints.serviceConnectionString).toBe(hub.endpoints.serviceConnectionString);
    expect(fs.statSync(data).mode & 0o777).toBe(0o700);
    expect(fs.statSync(path.join(data, 'hub.db')).mode & 0o777).toBe(0o600);
    expect(again.output()).toContain(`Other users had access to ${data} (mode 755). It was removed.`);
    expect(await again.kill('SIGINT')).toBe(0);
  });

  it('is ready as soon as it has printed its endpoints', async () => {
    const data = dataFolder();
    const hub = await runProgram(program, ['--data', data, ...freePorts]);
    const health = await run('curl', [
      '-s',
      '--cacert',
      hub.endpoints.caFile,
      `${hub.endpoints.armEndpoint}/health`,
    ]);
    expect(JSON.parse(health.output)).toMatchObject({ status: 'ready' });
    await hub.kill('SIGTERM');
  });

  it('reports a port in use in one sentence, or uses another one with --move-busy-ports', async () => {
    const holder = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as net.AddressInfo;
    const args = ['--data', dataFolder(), ...freePorts.slice(2), '--mqtt-port', String(port)];
    const refused = await run(process.execPath, [program, ...args]);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(
      `Port ${port} on 127.0.0.1 is in use by another program: stop that program, or choose another port with --mqtt-port`,
    );
    expect(refused.output).not.toContain('    at ');
    const moved = await runProgram(program, [...args, '--move-busy-ports']);
    expect(moved.endpoints.movedPorts).toEqual([
      { name: 'mqtt', wanted: port, opened: moved.endpoints.mqttPort },
    ]);
    await moved.kill('SIGTERM');
    holder.close();
  });

  it.each([
    [['--mqtt-port', 'x'], '--mqtt-port must be a whole number from 0 to 65535'],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--mqtt-port', '-1'], "Option '--mqtt-port' argument is ambiguous. See --help."],
    [['--partitions'], "Option '--partitions <value>' argument missing. See --help."],
    [['--data', ''], 'The value of --data is empty.'],
    [['--host', ''], 'The value of --host is empty.'],
    [['exec'], 'exec requires a command after --'],
  ])('explains invalid options: %j', async (args, sentence) => {
    const { code, output } = await run(process.execPath, [program, ...args]);
    expect(code).toBe(1);
    expect(output).toContain(sentence);
    expect(output.trim().split('\n')).toHaveLength(1);
  });

  it.skipIf(process.platform !== 'linux').each([
    [['--data', '/proc/local-hub'], 'Cannot write /proc/local-hub (ENOENT'],
    [['--data', process.execPath], `Cannot write ${process.execPath} (it is a file)`],
    [['--log-file', '/nowhere/hub.log'], 'Cannot write /nowhere/hub.log (ENOENT'],
    [['--arm-log', '/nowhere/arm.log'], 'Cannot write /nowhere/arm.log (ENOENT'],
    [['--ready-file', '/nowhere/ready.json'], 'Cannot write /nowhere/ready.json (ENOENT'],
    [['--host', '192.0.2.1'], 'Cannot listen on 192.0.2.1 (EADDRNOTAVAIL)'],
    [['--host', 'hub.invalid'], 'Cannot listen on hub.invalid (E'],
  ])('explains in one sentence what cannot be used: %j', async (args, sentence) => {
    const data = args[0] === '--data' ? [] : ['--data', dataFolder()];
    const { code, output } = await run(process.execPath, [program, ...data, ...freePorts, ...args]);
    expect(code).toBe(1);
    const told = output.split('\n').filter((line) => line !== '' && !/ \[(info|warn)\] /.test(line));
    expect(told).toEqual([expect.stringContaining(sentence)]);
  });

  it.skipIf(process.platform !== 'linux')(
    'has a single address that it listens on as its host name',
    async () => {
      const hub = await runProgram(program, [
        ...['--data', dataFolder(), ...freePorts, '--sample', '--host', '127.0.77.2'],
      ]);
      const { armEndpoint, caFile, hostName, httpsPort } = hub.endpoints;
      expect({ hostName, armEndpoint }).toEqual({
        hostName: '127.0.77.2',
        armEndpoint: `https://127.0.77.2:${httpsPort}`,
      });
      expect(await statusOf(`${armEndpoint}/health`, caFile)).toBe(200);
      expect(await readEvents(hub.endpoints, 1)).toHaveLength(1);
      await hub.kill('SIGTERM');
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'reports once that its log cannot be written, and continues',
    async () => {
      const hub = await runProgram(program, [
        '--data',
        dataFolder(),
        ...freePorts,
        '--log-file',
        '/dev/full',
      ]);
      await hub.kill('SIGTERM');
      expect(hub.output().split('\n').filter(Boolean)).toEqual([
        expect.stringContaining('The log cannot be written to /dev/full: Error: ENOSPC'),
      ]);
    },
  );

  it('continues after the reader of its log has ended', async () => {
    const hub = await runProgram(program, ['--data', dataFolder(), ...freePorts, '--verbose']);
    const { armEndpoint, caFile } = hub.endpoints;
    hub.process.stderr?.destroy();
    for (const resource of ['/devices?api-version=2021-04-12', '/subscriptions?api-version=2021-01-01'])
      expect(await statusOf(`${armEndpoint}${resource}`, caFile)).toBe(401);
    expect(await statusOf(`${armEndpoint}/health`, caFile)).toBe(200);
    expect(await hub.kill('SIGTERM')).toBe(0);
  });

  it('warns if other machines can reach it', async () => {
    const hub = await runProgram(program, ['--data', dataFolder(), ...freePorts, '--host', '0.0.0.0']);
    expect(hub.output()).toContain('anyone who can reach this machine');
    await hub.kill('SIGTERM');
  });

  it('refuses a folder in use by another hub and uses it after that hub was killed', async () => {
    const data = dataFolder();
    const first = await runProgram(program, ['--data', data, ...freePorts]);
    const second = await run(process.execPath, [program, '--data', data, ...freePorts]);
    expect(second.code).toBe(3);
    expect(second.output).toContain('is in use by another local hub');
    await first.kill('SIGKILL');
    const third = await runProgram(program, ['--data', data, ...freePorts]);
    await third.kill('SIGTERM');
  });

  it('creates the sample devices, one of which sends telemetry', async () => {
    const hub = await runProgram(program, ['--data', dataFolder(), ...freePorts, '--sample']);
    const [event] = await readEvents(hub.endpoints, 1);
    expect(event?.body).toMatchObject({
      temperature: expect.any(Number) as number,
      humidity: expect.any(Number) as number,
    });
    expect(event?.systemProperties?.['iothub-connection-device-id']).toBe('sample-thermostat');
    expect((await registryOf(hub.endpoints).list()).responseBody).toHaveLength(2);
    await hub.kill('SIGTERM');
  });

  it('exec passes on endpoints and exit code and leaves nothing behind', async () => {
    // A dedicated folder for temporary data, since other tests create theirs at the same time.
    const temporary = makeTemporaryFolder();
    const environment = {
      ...{ TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      NODE_EXTRA_CA_CERTS: path.join(temporary, 'missing.pem'),
    };
    const script =
      'console.log(JSON.stringify(Object.keys(process.env).filter((k) => /^(LOCAL_HUB|IDENTITY|MSI|SSL_CERT|REQUESTS)_/.test(k)).sort())); process.exit(7)';
    const exec = (...command: string[]) =>
      run(process.execPath, [program, 'exec', '--', ...command], undefined, undefined, environment);
    const { code, output } = await exec(process.execPath, '-e', script);
    expect(output).toContain('NODE_EXTRA_CA_CERTS is ignored: ENOENT');
    expect(code).toBe(7);
    expect(output).toContain('"LOCAL_HUB_SERVICE_CONNECTION_STRING"');
    expect(output).toContain('"LOCAL_HUB_MQTT_PORT"');
    const readme = fs.readFileSync('src/localHub/README.md', 'utf8');
    for (const [name] of output.matchAll(/LOCAL_HUB_\w+/g)) expect(readme).toContain(`\`${name}\``);
    for (const name of [
      'IDENTITY_ENDPOINT',
      'IDENTITY_HEADER',
      'MSI_ENDPOINT',
      'MSI_SECRET',
      'SSL_CERT_FILE',
      'REQUESTS_CA_BUNDLE',
    ]) {
      expect(output).toContain(`"${name}"`);
    }
    const missing = await exec('no-such-program-here');
    expect(missing.code).toBe(127);
    expect(fs.readdirSync(temporary)).toEqual([]);
    fs.rmSync(temporary, { recursive: true });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'exec leaves nothing behind after %s before the hub is ready',
    async (signal) => {
      const temporary = makeTemporaryFolder();
      const child = spawn(process.execPath, [program, 'exec', '--', process.execPath, '-e', ''], {
        stdio: 'ignore',
        env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      });
      const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
      await until('the data folder', () => fs.readdirSync(temporary).length > 0);
      child.kill(signal);
      expect(await exited).toBe(128 + os.constants.signals[signal]);
      expect(fs.readdirSync(temporary)).toEqual([]);
      fs.rmSync(temporary, { recursive: true });
    },
  );

  it('exec stops with its command on a signal', async () => {
    const child = spawn(
      process.execPath,
      [program, 'exec', '--', process.execPath, '-e', 'console.log("up"); setInterval(() => {}, 1000)'],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    await new Promise<void>((resolve) =>
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('up')) resolve();
      }),
    );
    const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill('SIGTERM');
    expect(await exited).toBe(143);
  });
});

describe('windows that share a hub', () => {
  const start = async (data: string): Promise<LocalHubLease> =>
    startLocalHub({
      program,
      nodePath: process.execPath,
      dataFolder: data,
      ports: { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 },
    });

  it('start it only once and get the same endpoints, even at the same time', async () => {
    const data = dataFolder();
    const leases = await Promise.all(Array.from({ length: 4 }, async () => start(data)));
    expect(new Set(leases.map((lease) => lease.endpoints.pid)).size).toBe(1);
    const [first, second] = leases;
    if (!first || !second) throw new Error('no lease');
    await first.stop();
    expect(await second.ended).toEqual({ kind: 'stopped', reason: 'requested by a window' });
    await expect.poll(() => isAlive(first.endpoints.pid)).toBe(false);
  });

  it('join a running hub and start none otherwise', async () => {
    const data = dataFolder();
    expect(await joinLocalHub({ dataFolder: data })).toBeUndefined();
    const lease = await start(data);
    const joined = await joinLocalHub({ dataFolder: data });
    expect(joined?.endpoints).toEqual(lease.endpoints);
    joined?.release();
    await lease.stop();
    expect(await joinLocalHub({ dataFolder: data })).toBeUndefined();
  });

  it('detect a crash and restart the hub with its data', async () => {
    const data = dataFolder();
    const lease = await start(data);
    await registryOf(lease.endpoints).create({ deviceId: 'survivor' });
    process.kill(lease.endpoints.pid, 'SIGKILL');
    expect((await lease.ended).kind).toBe('crashed');
    const next = await start(data);
    expect((await registryOf(next.endpoints).get('survivor')).responseBody).toMatchObject({
      deviceId: 'survivor',
    });
    await next.stop();
  });

  it('delete its data on request', async () => {
    const data = dataFolder();
    const lease = await start(data);
    await registryOf(lease.endpoints).create({ deviceId: 'gone' });
    await lease.reset();
    expect(fs.existsSync(path.join(data, 'hub.db'))).toBe(false);
    const next = await start(data);
    expect((await registryOf(next.endpoints).list()).responseBody).toHaveLength(0);
    expect(next.endpoints.serviceConnectionString).not.toBe(lease.endpoints.serviceConnectionString);
    await next.stop();
  });

  it('stop it when the last one ends, even if that is killed', async () => {
    const data = dataFolder();
    // A window is a process that holds a lease; this one is killed without cleaning up.
    const window = spawn(process.execPath, ['-e', windowScript(data)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) => {
      window.stdout.on('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    });
    expect(isAlive(pid)).toBe(true);
    window.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { interval: 200 }).toBe(false);
  });

  it('report why it does not start', async () => {
    const broken = path.join(dataFolder(), 'broken.js');
    fs.writeFileSync(broken, 'console.error("no luck today"); process.exit(1)');
    const starting = startLocalHub({ program: broken, nodePath: process.execPath, dataFolder: dataFolder() });
    await expect(starting).rejects.toThrow('The local hub did not start: no luck today');
  });

  it('can cancel its start', async () => {
    const silent = path.join(dataFolder(), 'silent.js');
    const started = path.join(dataFolder(), 'started');
    fs.writeFileSync(
      silent,
      `require('node:fs').writeFileSync(${JSON.stringify(started)}, ''); setTimeout(() => {}, 3000)`,
    );
    const abort = new AbortController();
    const starting = startLocalHub(
      { program: silent, nodePath: process.execPath, dataFolder: dataFolder() },
      abort.signal,
    );
    starting.catch(() => undefined);
    await expect.poll(() => fs.existsSync(started)).toBe(true);
    abort.abort();
    await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

const windowScript = (data: string): string => {
  const bundle = path.join(path.dirname(program), 'window.js');
  return `
    require('esbuild').buildSync({ entryPoints: ['src/localHub/start.ts'], bundle: true, platform: 'node', format: 'cjs', outfile: ${JSON.stringify(bundle)}, logLevel: 'error' });
    require(${JSON.stringify(bundle)}).startLocalHub({ program: ${JSON.stringify(program)}, nodePath: process.execPath, dataFolder: ${JSON.stringify(data)}, ports: { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 } })
      .then((lease) => { console.log(lease.endpoints.pid); setInterval(() => {}, 1000); });`;
};
