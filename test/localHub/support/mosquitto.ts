import { spawn } from 'node:child_process';
import type { LocalHubEndpoints } from '../../../src/localHub/control/contract';

export interface ToolResult {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program until it ends and collects its output. */
export async function run(
  program: string,
  args: readonly string[],
  input?: string,
  timeoutMs = 15_000,
  environment: Readonly<Record<string, string>> = {},
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
    // A program that does not read it may have ended already; its exit code tells.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

export interface MosquittoWish {
  readonly deviceId: string;
  readonly password?: string;
  readonly userName?: string;
  readonly clientId?: string;
  readonly topic?: string;
  readonly caFile?: string;
  readonly host?: string;
  readonly more?: readonly string[];
}

export function mosquittoArguments(endpoints: LocalHubEndpoints, wish: MosquittoWish): string[] {
  return [
    ...['-h', wish.host ?? 'localhost', '-p', String(endpoints.mqttPort), '-V', 'mqttv311'],
    ...['--cafile', wish.caFile ?? endpoints.caFile, '-i', wish.clientId ?? wish.deviceId],
    ...['-u', wish.userName ?? `localhost/${wish.deviceId}/?api-version=2021-04-12`],
    ...(wish.password === undefined ? [] : ['-P', wish.password]),
    ...['-t', wish.topic ?? `devices/${wish.deviceId}/messages/events/`],
    ...(wish.more ?? []),
  ];
}

export const mosquittoPub = async (endpoints: LocalHubEndpoints, wish: MosquittoWish): Promise<ToolResult> =>
  run('mosquitto_pub', [
    ...mosquittoArguments(endpoints, wish),
    ...(wish.more ? [] : ['-q', '1', '-m', 'hello']),
  ]);
