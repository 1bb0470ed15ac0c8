import type net from 'node:net';
import { isLoopback } from './peer';

/** What clients may use, all together, before they are authenticated. */
export interface UnauthenticatedLimits {
  /** In all; more than a fleet that connects at once. */
  readonly sockets: number;
  /** From one address of another machine. */
  readonly socketsPerAddress: number;
  /** Received on these sockets, in all and on each. A will has 256 KB at most. */
  readonly bytes: number;
  readonly bytesPerSocket: number;
}

const defaultLimits: UnauthenticatedLimits = {
  sockets: 6_000,
  socketsPerAddress: 2_000,
  bytes: 64 * 1024 * 1024,
  bytesPerSocket: 512 * 1024,
};

interface Entry {
  readonly socket: net.Socket;
  readonly key: string;
  readonly address: string;
  bytes: number;
  stopCounting: () => void;
}

/** A socket and the TLS socket on it have the same ends. */
const keyOf = ({ remoteAddress, remotePort, localPort }: net.Socket): string =>
  `${remoteAddress ?? ''} ${remotePort ?? ''} ${localPort ?? ''}`;

/**
 * The sockets of a hub whose clients are not authenticated. Above a limit the oldest ones end, or those that have sent the
 * most: a client that authenticates at once is never among them.
 */
export class UnauthenticatedSockets {
  /** Oldest first. */
  private readonly entries = new Map<string, Entry>();
  private readonly byAddress = new Map<string, Set<Entry>>();
  private bytes = 0;
  private readonly limits: UnauthenticatedLimits;

  constructor(
    private readonly log: (level: 'warn', text: string) => void,
    limits: Partial<UnauthenticatedLimits> = {},
  ) {
    this.limits = { ...defaultLimits, ...limits };
  }

  get size(): number {
    return this.entries.size;
  }

  /** Adds the sockets that a server accepts. */
  watch(server: net.Server): void {
    server.on('connection', (socket: net.Socket) => {
      this.add(socket);
    });
  }

  /** Counts what the client of a socket sends. Call it once the protocol reads: it starts the flow of data. */
  countBytes(socket: net.Socket): void {
    const entry = this.entries.get(keyOf(socket));
    if (!entry) return;
    const count = ({ length }: Buffer): void => {
      this.addBytes(entry, length);
    };
    socket.on('data', count);
    entry.stopCounting = () => socket.off('data', count);
  }

  /** The client is authenticated: its socket has no limits here from now on. */
  release(socket: net.Socket): void {
    const entry = this.entries.get(keyOf(socket));
    if (entry) this.remove(entry);
  }

  private add(socket: net.Socket): void {
    const address = socket.remoteAddress;
    // It is closed already.
    if (address === undefined) return;
    const entry: Entry = { socket, key: keyOf(socket), address, bytes: 0, stopCounting: () => undefined };
    this.entries.set(entry.key, entry);
    const neighbors = this.byAddress.get(address) ?? new Set();
    this.byAddress.set(address, neighbors.add(entry));
    socket.once('close', () => {
      this.remove(entry);
    });
    const [oldest] = this.entries.values();
    const [oldestNeighbor] = neighbors;
    if (this.entries.size > this.limits.sockets && oldest) this.end(oldest, 'too many clients');
    else if (neighbors.size > this.limits.socketsPerAddress && !isLoopback(address) && oldestNeighbor)
      this.end(oldestNeighbor, 'too many clients of its address');
  }

  private addBytes(entry: Entry, count: number): void {
    if (!this.entries.has(entry.key)) return;
    entry.bytes += count;
    this.bytes += count;
    if (entry.bytes > this.limits.bytesPerSocket) this.end(entry, 'too much data');
    while (this.bytes > this.limits.bytes) {
      const largest = [...this.entries.values()].reduce((a, b) => (b.bytes > a.bytes ? b : a));
      this.end(largest, 'too much data of all clients');
    }
  }

  private end(entry: Entry, reason: string): void {
    this.log(
      'warn',
      `Closed the connection of ${entry.address}:${entry.socket.remotePort ?? ''}: ${reason} before authentication`,
    );
    this.remove(entry);
    entry.socket.destroy();
  }

  private remove(entry: Entry): void {
    if (this.entries.get(entry.key) !== entry) return;
    this.entries.delete(entry.key);
    this.bytes -= entry.bytes;
    entry.stopCounting();
    const neighbors = this.byAddress.get(entry.address);
    neighbors?.delete(entry);
    if (neighbors?.size === 0) this.byAddress.delete(entry.address);
  }
}
