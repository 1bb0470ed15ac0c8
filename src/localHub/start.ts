import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  ControlRequest,
  HubAddresses,
  HubProblem,
  LocalHubEndpoints,
  LogLevel,
  PortName,
} from './control/contract';
import { firstReason } from './control/exitReason';
import { readJsonLines, writeJsonLine } from './control/jsonLines';
import { controlPath } from './control/socketPath';

export type { HubAddresses, HubProblem, LocalHubEndpoints, LogLevel, PortName } from './control/contract';

export interface StartLocalHubOptions {
  /** The built program, `dist/localHub.js`. */
  readonly program: string;
  /** Node to run it with; VS Code's own binary works because the child gets `ELECTRON_RUN_AS_NODE=1`. */
  readonly nodePath: string;
  /** Where the hub stores its data; one hub process serves all windows that use the same folder. */
  readonly dataFolder: string;
  /** Requested ports; 0 for any free one. A port in use is replaced by a free one. */
  readonly ports?: Partial<Record<PortName, number>>;
  /** Whether hubs created in ARM get an address of their own, if the system permits it; `auto` unless given. */
  readonly hubAddresses?: HubAddresses;
  /** Creates the sample devices, one of which sends telemetry. */
  readonly sample?: boolean;
  /** Messages of 4 KB that the hub accepts per day; 0 for no limit. */
  readonly dailyQuota?: number;
  /** Device-to-cloud messages that the hub accepts per second; undefined or 0 for no limit. */
  readonly messagesPerSecond?: number;
  /** `full`: an acknowledged message survives a power failure too. */
  readonly durability?: 'normal' | 'full';
  /** Receives all present problems with the stored data, after each change. */
  readonly onProblems?: (problems: readonly HubProblem[]) => void;
  /** Receives the hub's diagnostics, which contain no keys, tokens or payloads. */
  readonly onLog?: (level: LogLevel, text: string) => void;
}

/** A window's use of the hub process. The process stops soon after its last lease has ended. */
export interface LocalHubLease {
  readonly endpoints: LocalHubEndpoints;
  /** Resolves once the hub has ended: stopped here or in another window (`stopped`), or unexpectedly (`crashed`). */
  readonly ended: Promise<LocalHubEnd>;
  /** Stops the hub for every window; resolves when the process has closed its files. */
  stop(): Promise<void>;
  /** Stops the hub and deletes devices, messages and keys; the next start creates new ones. */
  reset(): Promise<void>;
  /** Ends the lease without stopping the hub for other windows. */
  release(): void;
}

export interface LocalHubEnd {
  readonly kind: 'stopped' | 'crashed';
  readonly reason: string;
}

const startTimeoutMs = 20_000;
const joinTimeoutMs = 5_000;
const pollMs = 40;
/** The hub's exit code if another process has locked the folder: there is a hub to join then. */
const alreadyRunningCode = 3;

/**
 * Starts the hub process of a data folder, or joins the one that already runs: idempotent, and safe when
 * several windows do it at once.
 * @throws Error with one clear sentence if the process does not start; the signal's reason if aborted
 */
export async function startLocalHub(
  options: StartLocalHubOptions,
  signal?: AbortSignal,
): Promise<LocalHubLease> {
  fs.mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
  const deadline = Date.now() + startTimeoutMs;
  let child: Child | undefined;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    const lease = await join(options, deadline, signal);
    if (lease) return lease;
    const exit = child?.exit();
    if (exit && exit.code !== alreadyRunningCode)
      throw new Error(`The local hub did not start: ${exit.reason}`);
    if (!child || exit) child = launch(options);
    await delay(pollMs);
  }
  throw new Error(
    `The local hub did not start within ${startTimeoutMs / 1000} seconds. See ${path.join(options.dataFolder, 'hub.log')}.`,
  );
}

/** Joins the hub of a data folder if another window has started it; starts nothing. */
export async function joinLocalHub(
  options: Pick<StartLocalHubOptions, 'dataFolder' | 'onLog' | 'onProblems'>,
  signal?: AbortSignal,
): Promise<LocalHubLease | undefined> {
  return join(options, Date.now() + joinTimeoutMs, signal);
}

/** `IOT_HUB_WORKBENCH_HUB_INSPECT` names the port on which a debugger can attach (.vscode/launch.json). */
function inspectArguments(): string[] {
  const port = process.env['IOT_HUB_WORKBENCH_HUB_INSPECT'] ?? '';
  return /^\d+$/.test(port) ? [`--inspect=127.0.0.1:${port}`, '--inspect-publish-uid=http'] : [];
}

interface Child {
  readonly exit: () => { readonly code: number | null; readonly reason: string } | undefined;
}

function launch({
  program,
  nodePath,
  dataFolder,
  ports = {},
  hubAddresses,
  sample,
  dailyQuota,
  messagesPerSecond,
  durability,
}: StartLocalHubOptions): Child {
  const errorFile = path.join(dataFolder, 'last-error.log');
  const errors = fs.openSync(errorFile, 'w', 0o600);
  const flags = {
    mqtt: '--mqtt-port',
    https: '--https-port',
    amqp: '--amqp-port',
    amqpPlain: '--amqp-plain-port',
  };
  const args = [
    '--data',
    dataFolder,
    '--move-busy-ports',
    '--leased',
    '--log-file',
    path.join(dataFolder, 'hub.log'),
  ];
  for (const name of Object.keys(flags) as PortName[]) {
    const port = ports[name];
    if (port !== undefined) args.push(flags[name], String(port));
  }
  if (hubAddresses) args.push('--hub-addresses', hubAddresses);
  if (sample) args.push('--sample');
  if (dailyQuota) args.push('--daily-quota', String(dailyQuota));
  if (messagesPerSecond) args.push('--throttle', String(messagesPerSecond));
  if (durability) args.push('--durability', durability);
  // Settings of the editor's own Node must not affect the hub.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|NODE_CHANNEL)/.test(name),
    ),
  );
  let process_: ChildProcess;
  try {
    process_ = spawn(nodePath, [...inspectArguments(), program, ...args], {
      detached: true,
      windowsHide: true,
      cwd: dataFolder,
      stdio: ['ignore', 'ignore', errors],
      env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
    });
  } finally {
    fs.closeSync(errors);
  }
  let failure: string | undefined;
  process_.once('error', (error) => {
    failure = error.message;
  });
  process_.unref();
  return {
    exit: () => {
      if (failure !== undefined) return { code: null, reason: failure };
      if (process_.exitCode === null && process_.signalCode === null) return undefined;
      return {
        code: process_.exitCode,
        reason:
          firstReason(fs.readFileSync(errorFile, 'utf8')) ??
          `its process ended with code ${process_.exitCode ?? String(process_.signalCode)}.`,
      };
    },
  };
}

/** A lease on the running hub, or undefined if none answers. */
async function join(
  { dataFolder, onLog, onProblems }: Pick<StartLocalHubOptions, 'dataFolder' | 'onLog' | 'onProblems'>,
  deadline: number,
  signal?: AbortSignal,
): Promise<LocalHubLease | undefined> {
  const socket = net.connect(controlPath(dataFolder));
  let stopReason: string | undefined;
  const ended = new Promise<LocalHubEnd>((resolve) => {
    socket.once('close', () => {
      resolve(
        stopReason === undefined
          ? {
              kind: 'crashed',
              reason: `its process ended unexpectedly, see ${path.join(dataFolder, 'hub.log')}`,
            }
          : { kind: 'stopped', reason: stopReason },
      );
    });
  });
  const endpoints = await new Promise<LocalHubEndpoints | undefined>((resolve) => {
    const giveUp = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    const timer = setTimeout(giveUp, Math.max(0, deadline - Date.now()));
    signal?.addEventListener('abort', giveUp, { once: true });
    socket.once('error', giveUp);
    socket.once('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve(undefined);
    });
    readJsonLines(socket, (value) => {
      if (!isControlEvent(value)) return;
      if (value.event === 'log') onLog?.(value.level as LogLevel, String(value.text));
      else if (value.event === 'problems') onProblems?.(value.problems as HubProblem[]);
      else if (value.event === 'stopping') stopReason = String(value.reason);
      else if (value.event === 'ready') {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        resolve(value.endpoints as LocalHubEndpoints);
      }
    });
  });
  if (!endpoints) return undefined;
  socket.on('error', () => socket.destroy());
  const ask = async (request: ControlRequest['request']): Promise<void> => {
    writeJsonLine(socket, { request });
    await ended;
  };
  return {
    endpoints,
    ended,
    stop: () => ask('stop'),
    reset: () => ask('reset'),
    release: () => {
      stopReason ??= 'released by this window';
      socket.destroy();
    },
  };
}

const isControlEvent = (value: unknown): value is Record<string, unknown> & { event: string } =>
  typeof value === 'object' && value !== null && 'event' in value && typeof value.event === 'string';
