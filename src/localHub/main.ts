import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startAccount, type Account } from './account/account';
import { AccountFileError } from './account/accountFile';
import { removeHubFolders, removeOwnFile } from './account/hubFolder';
import { runCommand } from './cli/exec';
import { boundedLog } from './cli/boundedLog';
import { openLog, type Log } from './cli/log';
import { parseCliOptions, usage, UsageError, type CliOptions } from './cli/options';
import { Problems } from './control/problems';
import { AlreadyRunningError, ControlServer } from './control/server';
import { createDataFolder, restrictDataFolder, writeSecretFile } from './files';
import { ListenAddressError, PortInUseError } from './listeners';
import { singleLine, stackOf } from './singleLine';
import { NewerDatabaseError } from './state/database';
import { StorageError } from './state/storageError';

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** How long a hub without windows waits for one: a window that reloads reconnects sooner. */
const lastLeaseMs = 10_000;
const firstLeaseMs = 30_000;
const ownFiles =
  /^(hub\.db.*|(ca|server|server-rsa)\.(pem|key)(\.damaged.*)?|arm-token|account\.json(\.damaged.*)?|hub\.log(\.old)?|last-error\.log)$/;

async function serve(
  options: CliOptions,
  { dataFolder, log, end }: { dataFolder: string; log: Log; end: End },
): Promise<number> {
  if (options.readyFile !== undefined) fs.rmSync(options.readyFile, { force: true });
  createDataFolder(dataFolder);
  const accessTexts = restrictDataFolder(dataFolder, (name) => ownFiles.test(name));
  const control = await ControlServer.acquire(dataFolder);
  const logAll = boundedLog((level, text) => {
    log(level, text);
    if (options.verbose || level !== 'debug') control.log(level, text);
  });
  for (const text of accessTexts) logAll('warn', text);
  let hub: Account | undefined;
  process.on('uncaughtException', (error) => {
    logAll('error', `The hub failed: ${error.stack ?? error.message}`);
    process.stderr.write(`The local hub failed: ${singleLine(error.message)}\n`);
    // A partly working hub is worse than none: the windows report the crash and offer a restart.
    process.exit(70);
  });
  control.onStop = (reason) => {
    end.request({ code: 0, reason });
  };
  control.onReset = () => {
    end.request({ code: 0, reason: 'a window requested to delete its data', reset: true });
  };
  if (options.leased) endWithLastWindow(control, end);

  try {
    hub = await startAccount({
      dataFolder,
      listenAddress: options.listenAddress,
      ports: options.ports,
      movePorts: options.movePorts,
      hubAddresses: options.hubAddresses,
      sample: options.sample,
      partitionCount: options.partitionCount,
      retentionMs: options.retentionHours * 60 * 60 * 1000,
      maxBytes: options.maxMegabytes * 1024 * 1024,
      durability: options.durability,
      tokenToleranceMs: options.tokenToleranceSeconds * 1000,
      problems: new Problems((problems) => {
        control.setProblems(problems);
      }),
      dailyQuota: options.dailyQuota,
      messagesPerSecond: options.messagesPerSecond,
      armTokenSeconds: options.armTokenSeconds,
      armThrottle: options.armThrottle,
      armPhaseMs: options.armPhaseMs,
      armUnregistered: options.armUnregistered,
      armReadOnly: options.armReadOnly,
      ...(options.armLogFile === undefined ? {} : { armLogFile: options.armLogFile }),
      log: logAll,
    });
  } catch (error) {
    await control.close();
    throw error;
  }
  const { endpoints } = hub;
  for (const { name, wanted, opened } of endpoints.movedPorts) {
    logAll('warn', `Port ${wanted} (${name}) is in use by another program: the hub uses port ${opened}`);
  }
  control.ready(endpoints);
  const json = JSON.stringify(endpoints);
  if (options.readyFile !== undefined) writeSecretFile(options.readyFile, `${json}\n`);
  if (!options.command) {
    process.stdout.write(`${json}\n`);
  } else if (!end.isRequested) {
    // From now on the command receives the signals.
    end.ignoreSignals();
    end.request({ code: await runCommand(options.command, endpoints), reason: 'the command ended' });
  }

  const { code, reason, reset } = await end.requested;
  logAll('info', `The hub is stopping: ${reason}`);
  control.stopping(reason);
  await hub.close();
  if (options.readyFile !== undefined) fs.rmSync(options.readyFile, { force: true });
  if (reset) deleteData(dataFolder);
  await control.close();
  return code;
}

interface EndRequest {
  /** Exit code. */
  readonly code: number;
  readonly reason: string;
  /** Whether the data is deleted. */
  readonly reset?: boolean;
}

/** The first reason to end the process, which may arrive before the hub is ready. */
class End {
  isRequested = false;
  request: (request: EndRequest) => void = () => undefined;
  readonly requested = new Promise<EndRequest>((resolve) => {
    this.request = (request) => {
      this.isRequested = true;
      resolve(request);
    };
  });

  /** @param isExec the exit code is then that of a program which the signal ends */
  constructor(private readonly isExec: boolean) {
    for (const signal of signals) process.on(signal, this.onSignal);
  }

  ignoreSignals(): void {
    for (const signal of signals) process.off(signal, this.onSignal);
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    const code = this.isExec ? 128 + os.constants.signals[signal] : 0;
    this.request({ code, reason: `received ${signal}` });
  };
}

function endWithLastWindow(control: ControlServer, ending: End): void {
  const end = (): void => {
    ending.request({ code: 0, reason: 'the last window closed' });
  };
  // A window may have connected while the folder was being locked.
  let timer: NodeJS.Timeout | undefined = control.leaseCount > 0 ? undefined : setTimeout(end, firstLeaseMs);
  control.onLeaseChange = (count) => {
    clearTimeout(timer);
    timer = count === 0 ? setTimeout(end, lastLeaseMs) : undefined;
  };
}

/** Deletes only the hub's own files: the folder may be the user's. */
function deleteData(dataFolder: string): void {
  for (const name of fs.readdirSync(dataFolder)) {
    if (ownFiles.test(name)) removeOwnFile(path.join(dataFolder, name));
  }
  removeHubFolders(dataFolder);
}

async function main(): Promise<number> {
  // The reader of the output may end first: lines that cannot be written are discarded.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const options = parseCliOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const log = openLog(options.logFile, options.verbose);
  // Before the temporary folder exists, so that a signal cannot prevent its removal.
  const end = new End(options.command !== undefined);
  if (options.dataFolder !== undefined) return serve(options, { dataFolder: options.dataFolder, log, end });
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'iot-hub-workbench-'));
  try {
    return await serve(options, { dataFolder: temporary, log, end });
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

main().then(
  (code) => {
    process.exit(code);
  },
  (error: unknown) => {
    const isExpected =
      error instanceof UsageError ||
      error instanceof PortInUseError ||
      error instanceof ListenAddressError ||
      error instanceof AlreadyRunningError ||
      error instanceof AccountFileError ||
      error instanceof NewerDatabaseError ||
      error instanceof StorageError;
    const isReason = isExpected || !(error instanceof Error);
    const text = isReason
      ? singleLine(error instanceof Error ? error.message : String(error))
      : stackOf(error);
    process.stderr.write(`${text}\n`);
    process.exit(error instanceof AlreadyRunningError ? 3 : 1);
  },
);
