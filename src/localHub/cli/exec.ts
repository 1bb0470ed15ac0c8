import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LocalHubEndpoints } from '../control/contract';
import { identityEnvironment } from './identityEnvironment';
import { trustEnvironment } from './trustEnvironment';

/** The endpoints as environment variables: `mqttPort` becomes `LOCAL_HUB_MQTT_PORT`. */
export function endpointEnvironment(endpoints: LocalHubEndpoints): Record<string, string> {
  const names = [
    'hostName',
    'mqttPort',
    'httpsPort',
    'amqpPort',
    'amqpPlainPort',
    'caFile',
    'serviceConnectionString',
    'eventHubConnectionString',
    'workbenchConnectionString',
    'armEndpoint',
    'armTokenFile',
    'identityEndpoint',
    'identityHeader',
    'tenantId',
    'subscriptionId',
    'resourceGroup',
    'principalId',
  ] as const;
  const pairs = names.map((name) => [
    `LOCAL_HUB_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
    String(endpoints[name]),
  ]);
  return { ...Object.fromEntries(pairs), LOCAL_HUB_NAME: endpoints.hubName } as Record<string, string>;
}

/** Runs a command that trusts the hub; resolves to its exit code, 127 if it cannot be started. */
export async function runCommand(command: readonly string[], endpoints: LocalHubEndpoints): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iot-hub-workbench-trust-'));
  try {
    const trust = trustEnvironment({
      caFile: endpoints.caFile,
      folder,
      environment: process.env,
      warn: (text) => process.stderr.write(`${text}\n`),
    });
    return await runChild(command, {
      ...trust,
      ...endpointEnvironment(endpoints),
      ...identityEnvironment(endpoints),
    });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function runChild(command: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    stdio: 'inherit',
    // npm and npx are batch files on Windows.
    shell: process.platform === 'win32',
    env: { ...process.env, ...environment },
  });
  const forward = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`Cannot start '${program}': ${error.message}\n`);
      resolve(127);
    });
    child.once('exit', (code, signal) => {
      for (const each of signals) process.off(each, forward);
      resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0));
    });
  });
}
