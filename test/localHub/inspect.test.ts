import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startLocalHub } from '../../src/localHub/start';
import { makeTemporaryFolder } from './support/hub';

const folders: string[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

/** The inspector settings of a process that is started as the local hub is. */
async function inspectorOfHub(port: string | undefined): Promise<string> {
  vi.stubEnv('IOT_HUB_WORKBENCH_HUB_INSPECT', port);
  const dataFolder = makeTemporaryFolder();
  folders.push(dataFolder);
  const program = path.join(dataFolder, 'program.js');
  // The last line of standard error is the reason that startLocalHub reports.
  fs.writeFileSync(
    program,
    "console.error('Inspector: ' + (require('node:inspector').url() ?? 'none')); process.exit(1);",
  );
  return startLocalHub({ program, nodePath: process.execPath, dataFolder }).then(
    () => 'started',
    (error: unknown) => String(error),
  );
}

describe('IOT_HUB_WORKBENCH_HUB_INSPECT', () => {
  it('opens a debugger port that accepts only local connections', async () => {
    expect(await inspectorOfHub('0')).toMatch(/Inspector: ws:\/\/127\.0\.0\.1:\d+\//);
  });

  it.each([undefined, '', '0.0.0.0:9230'])('opens no port if it is %j', async (port) => {
    expect(await inspectorOfHub(port)).toMatch(/Inspector: none/);
  });
});
