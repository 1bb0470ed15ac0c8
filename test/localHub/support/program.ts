import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import type { LocalHubEndpoints } from '../../../src/localHub/control/contract';

const folder = path.resolve('.cache/test-hub');

/** Builds the command line program, once for all tests of a run. */
export async function buildProgram(): Promise<string> {
  const target = path.join(folder, String(process.pid));
  await esbuild.build({
    entryPoints: { localHub: 'src/localHub/main.ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    keepNames: true,
    external: ['node:sqlite', 'bufferutil', 'utf-8-validate', 'node-sqlite3-wasm'],
    outdir: target,
    logLevel: 'error',
  });
  return path.join(target, 'localHub.js');
}

export const removeProgram = (program: string): void => {
  fs.rmSync(path.dirname(program), { recursive: true, force: true });
};

export interface RunningProgram {
  readonly process: ChildProcess;
  readonly endpoints: LocalHubEndpoints;
  readonly output: () => string;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

export const freePorts = [
  '--hub-addresses',
  'off',
  '--mqtt-port',
  '0',
  '--https-port',
  '0',
  '--amqp-port',
  '0',
  '--amqp-plain-port',
  '0',
];

export async function runProgram(
  program: string,
  args: readonly string[],
  node = process.execPath,
): Promise<RunningProgram> {
  const child = spawn(node, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const endpoints = await new Promise<LocalHubEndpoints>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(JSON.parse(text) as LocalHubEndpoints);
    });
    child.once('exit', (code) => {
      reject(new Error(`the hub exited with ${String(code)}: ${errors}`));
    });
  });
  return {
    process: child,
    endpoints,
    output: () => errors,
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      return new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill(signal);
      });
    },
  };
}
