// Runs other programs with their output in a log or on the console, and ends them with this process.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const windows = process.platform === 'win32';

/** An error whose message is sufficient for the user: printed without a stack. */
export class Failure extends Error {}

/** Clean-up to run when this process ends, newest first. */
const cleanups = new Set();
let ending = false;

/**
 * Registers clean-up for the end of this process. It runs once: at exit, on Ctrl+C or on SIGTERM.
 * @param {() => void} undo must be synchronous
 * @returns {() => void} runs it now instead
 */
export function atEnd(undo) {
  const once = () => {
    if (cleanups.delete(once)) undo();
  };
  cleanups.add(once);
  return once;
}

function runCleanups() {
  for (const undo of [...cleanups].reverse()) {
    try {
      undo();
    } catch (error) {
      console.error(`Clean-up failed: ${error instanceof Error ? error.message : error}`);
    }
  }
}

process.on('exit', runCleanups);
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
]) {
  process.on(signal, () => {
    if (ending) return;
    ending = true;
    process.exit(128 + number);
  });
}

/** Ends a process that was started with `detached`, and all its descendants. */
export function killGroup(pid, signal = 'SIGTERM') {
  try {
    if (windows) spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
    else process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Whether a process of the group is still running. */
export function groupAlive(pid) {
  try {
    process.kill(windows ? pid : -pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a program in a separate process group, which ends with this process at the latest.
 * @returns {{ child: import('node:child_process').ChildProcess, stop: () => Promise<void> }}
 */
export function startGroup(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'ignore', detached: !windows, ...options });
  const { pid } = child;
  const forget = atEnd(() => {
    if (!pid) return;
    killGroup(pid);
    for (let waited = 0; groupAlive(pid) && waited < 2000; waited += 50) sleepHard(50);
    killGroup(pid, 'SIGKILL');
  });
  const stop = async () => {
    if (!pid) return;
    killGroup(pid);
    for (let waited = 0; groupAlive(pid) && waited < 5000; waited += 50) await sleep(50);
    forget();
  };
  return { child, stop };
}

/**
 * Runs a program until it ends.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, log?: string, title?: string, quiet?: boolean, shell?: boolean, priority?: number, lastLines?: number }} [options]
 *   `log`: file for its output, of which only the last lines (15) are printed, if it fails. `title`: progress line printed
 *   while it runs.
 *   `priority`: one of `os.constants.priority`, also for its child processes.
 * @returns {Promise<{ code: number, output: string }>} rejects with its last lines if it cannot start or fails
 */
export async function run(command, args, options = {}) {
  const { cwd, env = process.env, log, title, quiet = Boolean(log), lastLines = 15 } = options;
  const stopProgress = title ? progress(title) : () => undefined;
  if (log) mkdirSync(path.dirname(log), { recursive: true });
  const file = log ? createWriteStream(log) : undefined;
  let output = '';
  // npm and npx are .cmd files on Windows, which require a shell.
  const shell = options.shell ?? (windows && !path.isAbsolute(command));
  const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid && options.priority !== undefined) os.setPriority(child.pid, options.priority);
  const forget = atEnd(() => child.kill('SIGTERM'));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output = (output + text).slice(-200_000);
      file?.write(text);
      if (!quiet) process.stdout.write(text);
    });
  }
  const code = await new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Failure(`Cannot run ${command}: ${error.message}.`)));
    child.on('close', (exit, signal) => resolve(exit ?? (signal ? 1 : 0)));
  }).finally(() => {
    forget();
    file?.end();
    stopProgress();
  });
  if (code !== 0) {
    const last = quiet ? `\n${output.trim().split('\n').slice(-lastLines).join('\n')}` : '';
    const more = log ? ` Full output: ${log}.` : '';
    throw new Failure(`${path.basename(command)} ${args.join(' ')} exited with code ${code}.${more}${last}`);
  }
  return { code, output };
}

/** Prints a line every ten seconds during a long step. */
export function progress(title) {
  const started = Date.now();
  const timer = setInterval(() => console.log(`  … ${title}: ${seconds(started)} so far`), 10_000);
  timer.unref();
  return () => clearInterval(timer);
}

/** Time since `started`: `0.4 s`, `12 s`, `3 min 5 s`. */
export function seconds(started) {
  const passed = (Date.now() - started) / 1000;
  if (passed < 10) return `${passed.toFixed(1)} s`;
  if (passed < 60) return `${Math.round(passed)} s`;
  return `${Math.floor(passed / 60)} min ${Math.round(passed % 60)} s`;
}

/** Sleeps synchronously: while the process is exiting, timers no longer run. */
const sleepHard = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The full path of a program on PATH, or undefined. */
export function onPath(name) {
  const found = spawnSync(windows ? 'where' : 'sh', windows ? [name] : ['-c', `command -v "${name}"`], {
    encoding: 'utf8',
  });
  return found.status === 0 ? found.stdout.trim().split(/\r?\n/)[0] : undefined;
}

/** Runs a script's main function; for a Failure, prints its message and exits with code 1. */
export function main(work) {
  work().then(
    (code) => process.exit(code ?? 0),
    (error) => {
      console.error(error instanceof Failure ? error.message : error);
      process.exit(1);
    },
  );
}
