import net, { type AddressInfo } from 'node:net';

/** A connection between client and server that can be made to fail. */
export interface TcpProxy {
  readonly port: number;
  /** Number of connections accepted so far. */
  readonly accepted: number;
  readonly open: number;
  /** Number of bytes sent by clients so far. */
  readonly bytesUp: number;
  /** Delays data from now on. */
  delay(ways: { readonly upMs?: number; readonly downMs?: number }): void;
  /** Closes all connections as a server does. */
  dropAll(): void;
  /** Resets all connections, discarding data in transit. */
  resetAll(): void;
  /** Keeps current connections open but forwards no more data. */
  swallow(): void;
  /** Refuses new connections until `accept`. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  close(): Promise<void>;
}

interface Pair {
  readonly client: net.Socket;
  readonly server: net.Socket;
  isSwallowed: boolean;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  /** Includes sockets whose other end is closed. */
  const sockets = new Set<net.Socket>();
  let accepted = 0;
  let bytesUp = 0;
  let delays = { upMs: 0, downMs: 0 };

  function forward(pair: Pair, from: net.Socket, to: net.Socket, way: 'upMs' | 'downMs'): void {
    from.on('data', (chunk: Buffer) => {
      if (pair.isSwallowed) return;
      if (way === 'upMs') bytesUp += chunk.length;
      const write = (): void => {
        if (!to.destroyed && !pair.isSwallowed) to.write(chunk);
      };
      if (delays[way] > 0) setTimeout(write, delays[way]);
      else write();
    });
    sockets.add(from);
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      pairs.delete(pair);
      if (!pair.isSwallowed || from === pair.client) to.destroy();
    });
  }

  const server = net.createServer({ noDelay: true }, (client) => {
    accepted++;
    const upstream = net.connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    const pair: Pair = { client, server: upstream, isSwallowed: false };
    pairs.add(pair);
    forward(pair, client, upstream, 'upMs');
    forward(pair, upstream, client, 'downMs');
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const end = (how: (socket: net.Socket) => void): void => {
    for (const { client, server: upstream } of pairs) {
      how(client);
      how(upstream);
    }
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get accepted() {
      return accepted;
    },
    get open() {
      return pairs.size;
    },
    get bytesUp() {
      return bytesUp;
    },
    delay: ({ upMs = 0, downMs = 0 }) => {
      delays = { upMs, downMs };
    },
    dropAll: () => end((socket) => socket.destroy()),
    resetAll: () => end((socket) => socket.resetAndDestroy()),
    swallow: () => {
      for (const pair of pairs) pair.isSwallowed = true;
    },
    refuse: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Including sockets whose other end is closed: the port is in use until all are closed.
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    accept: () => listen(port),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A server that accepts connections and sends nothing. */
export interface SilentServer {
  readonly port: number;
  readonly open: ReadonlySet<net.Socket>;
  /** Number of connections accepted so far. */
  readonly accepted: number;
  close(): Promise<void>;
}

export async function startSilentServer(): Promise<SilentServer> {
  const open = new Set<net.Socket>();
  let accepted = 0;
  const server = net.createServer((socket) => {
    accepted++;
    open.add(socket);
    // The end of a stream is only emitted when the stream is read.
    socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    open,
    get accepted() {
      return accepted;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
