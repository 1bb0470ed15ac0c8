import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalHub } from '../../src/localHub/start';
import { findFloorNode } from '../host/floorNode.mjs';
import { bundleProgram } from '../support/bundleProgram.mjs';
import { makeTemporaryFolder } from './support/hub';
import { run } from './support/mosquitto';
import { buildProgram, freePorts, removeProgram, runProgram } from './support/program';

const node = findFloorNode();
const reason = node ? '' : ' (skipped: npm has no such Node for this machine)';

describe.skipIf(!node)(`The Node of the oldest supported VS Code${reason}`, () => {
  let program: string;
  const folder = makeTemporaryFolder();
  beforeAll(async () => {
    program = await buildProgram();
  });
  afterAll(() => {
    removeProgram(program);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('runs the hub and the clients of the extension', async () => {
    const client = path.resolve(path.dirname(program), 'floorProgram.js');
    bundleProgram(path.resolve(__dirname, 'support/floorProgram.ts'), client);
    const hub = await runProgram(program, ['--data', path.join(folder, 'alone'), ...freePorts], node);
    const environment = { ENDPOINTS: JSON.stringify(hub.endpoints) };
    const { code, output } = await run(node ?? '', [client], '', 120_000, environment);
    expect({ code, output: output.trim() }).toEqual({
      code: 0,
      output: JSON.stringify({ node: 'v20.9.0', body: { value: 3 } }),
    });
    expect(await hub.kill('SIGTERM')).toBe(0);
  });

  it('runs the hub that a window starts', async () => {
    const lease = await startLocalHub({
      program,
      nodePath: node ?? '',
      dataFolder: path.join(folder, 'leased'),
      ports: { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 },
    });
    expect(lease.endpoints.mqttPort).toBeGreaterThan(0);
    await lease.stop();
  });
});
