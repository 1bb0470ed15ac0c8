import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlEvent, HubProblem, LocalHubEndpoints, LogLevel } from './contract';
import { readJsonLines, writeJsonLine } from './jsonLines';
import { createDataFolder } from '../files';
import { explainStorageError } from '../state/storageError';
import { controlPath } from './socketPath';

const maxLogLines = 200;
/** How often the socket is looked for. */
const socketCheckMs = 5_000;

export class AlreadyRunningError extends Error {
  constructor(dataFolder: string) {
    super(
      `The data folder ${dataFolder} is in use by another local hub: stop that hub, or choose another folder with --data.`,
    );
    this.name = 'AlreadyRunningError';
  }
}

async function isAnswering(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(file);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => {
      resolve(false);
    });
  });
}

const inodeOf = (file: string): number | undefined => {
  try {
    return fs.statSync(file).ino;
  } catch {
    return undefined;
  }
};

/** The socket never exists with access for other users, not even before its mode could be changed. */
function listenPrivately(server: net.Server, file: string, onListening?: () => void): void {
  const before = process.umask(0o177);
  try {
    server.listen({ path: file, exclusive: true }, onListening);
  } finally {
    process.umask(before);
  }
}

/**
 * The control socket of a data folder. Owning it locks the folder; each connection to it is the lease of one window,
 * which ends with the window, however that ends.
 */
export class ControlServer {
  private readonly windows = new Set<net.Socket>();
  private readonly history: ControlEvent[] = [];
  private endpoints: LocalHubEndpoints | undefined;
  private problems: readonly HubProblem[] = [];
  onStop: (reason: string) => void = () => undefined;
  onReset: () => void = () => undefined;
  onLeaseChange: (count: number) => void = () => undefined;

  private readonly servers: net.Server[] = [];
  private checking: NodeJS.Timeout | undefined;

  private constructor(
    server: net.Server,
    private readonly file: string,
  ) {
    this.serve(server);
  }

  private serve(server: net.Server): void {
    this.servers.push(server);
    server.on('connection', (socket) => {
      this.addWindow(socket);
    });
  }

  /** @throws AlreadyRunningError if another process has locked the folder */
  static async acquire(dataFolder: string): Promise<ControlServer> {
    createDataFolder(dataFolder);
    const file = controlPath(dataFolder);
    for (let attempt = 0; attempt < 3; attempt++) {
      const server = net.createServer();
      // Before the server listens: a window may connect immediately.
      const control = new ControlServer(server, file);
      const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
        server.once('error', resolve);
        listenPrivately(server, file, () => {
          resolve(undefined);
        });
      });
      if (!failure) {
        const ownInode = inodeOf(file);
        // Two processes that both found a stale socket may both have replaced it: the later one owns the path.
        await delay(30);
        if (process.platform === 'win32') return control;
        if (inodeOf(file) === ownInode) {
          control.keepSocket();
          return control;
        }
        server.close();
        for (const window of control.windows) window.destroy();
        throw new AlreadyRunningError(dataFolder);
      }
      if (failure.code !== 'EADDRINUSE') throw explainStorageError(failure, file);
      const seen = inodeOf(file);
      if (await isAnswering(file)) throw new AlreadyRunningError(dataFolder);
      // Left behind by a killed process. Only the socket that did not answer is removed.
      if (process.platform !== 'win32' && seen !== undefined && inodeOf(file) === seen)
        fs.rmSync(file, { force: true });
    }
    throw new AlreadyRunningError(dataFolder);
  }

  /** Without its socket, which programs that clean folders may delete, the folder is not locked: it is created again. */
  private keepSocket(): void {
    this.checking = setInterval(() => {
      if (fs.existsSync(this.file) || !fs.existsSync(path.dirname(this.file))) return;
      const server = net.createServer();
      this.serve(server);
      // Another hub was faster, or the folder is not writable; the next check tells.
      server.on('error', () => undefined);
      listenPrivately(server, this.file);
    }, socketCheckMs);
    this.checking.unref();
  }

  get leaseCount(): number {
    return this.windows.size;
  }

  private addWindow(socket: net.Socket): void {
    this.windows.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.windows.delete(socket);
      this.onLeaseChange(this.windows.size);
    });
    readJsonLines(socket, (value) => {
      const request =
        typeof value === 'object' && value !== null && 'request' in value ? value.request : undefined;
      if (request === 'stop') this.onStop('requested by a window');
      else if (request === 'reset') this.onReset();
    });
    for (const event of this.history) writeJsonLine(socket, event);
    if (this.problems.length > 0) this.send(socket, { event: 'problems', problems: this.problems });
    if (this.endpoints) this.send(socket, { event: 'ready', endpoints: this.endpoints });
    this.onLeaseChange(this.windows.size);
  }

  private send(socket: net.Socket, event: ControlEvent): void {
    writeJsonLine(socket, event);
  }

  private broadcast(event: ControlEvent): void {
    for (const window of this.windows) this.send(window, event);
  }

  ready(endpoints: LocalHubEndpoints): void {
    this.endpoints = endpoints;
    this.broadcast({ event: 'ready', endpoints });
  }

  /** Informs the windows of all present problems. */
  setProblems(problems: readonly HubProblem[]): void {
    this.problems = problems;
    this.broadcast({ event: 'problems', problems });
  }

  log(level: LogLevel, text: string): void {
    const event: ControlEvent = { event: 'log', level, text };
    this.history.push(event);
    if (this.history.length > maxLogLines) this.history.shift();
    this.broadcast(event);
  }

  /** Informs the windows that the hub stops on purpose. */
  stopping(reason: string): void {
    this.endpoints = undefined;
    this.broadcast({ event: 'stopping', reason });
  }

  /** Unlocks the folder. */
  async close(): Promise<void> {
    for (const window of this.windows) window.end();
    clearInterval(this.checking);
    setTimeout(() => {
      for (const window of this.windows) window.destroy();
    }, 500).unref();
    await Promise.all(
      this.servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            // An error only says that it does not listen.
            server.close(() => {
              resolve();
            });
          }),
      ),
    );
    if (process.platform !== 'win32') fs.rmSync(this.file, { force: true });
  }
}
