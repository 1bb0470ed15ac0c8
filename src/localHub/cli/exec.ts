import { spawn } from 'node:child_process';
import os from 'node:os';
import type { LocalHubEndpoints } from '../control/contract';
import { identityEnvironment } from './identityEnvironment';

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

/** Runs a command; resolves to its exit code, 127 if it cannot be started. */
export async function runCommand(command: readonly string[], endpoints: LocalHubEndpoints): Promise<number> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    stdio: 'inherit',
    // npm and npx are batch files on Windows.
    shell: process.platform === 'win32',
    env: {
      // Node programs trust the hub without a change; an existing setting has priority.
      NODE_EXTRA_CA_CERTS: endpoints.caFile,
      ...process.env,
      ...endpointEnvironment(endpoints),
      ...identityEnvironment(endpoints),
    },
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
