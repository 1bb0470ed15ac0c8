import net, { type AddressInfo } from 'node:net';

/** A line between a client and a server that fails in the ways lines fail. */
export interface TcpProxy {
  readonly port: number;
  /** How many connections came in so far. */
  readonly accepted: number;
  readonly open: number;
  /** Bytes that clients sent so far. */
  readonly bytesUp: number;
  /** Delays what comes from now on. */
  delay(ways: { readonly upMs?: number; readonly downMs?: number }): void;
  /** Ends all connections as a server does that closes. */
  dropAll(): void;
  /** Ends all connections with RST, whatever is on its way. */
  resetAll(): void;
  /** Lets the connections of now stand, but nothing come through any more. */
  swallow(): void;
  /** New connections are refused until `accept`. */
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
  /** Also those whose other end is gone. */
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
      // Those too whose other end is gone: while one is open, the port is not free.
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

/** A server that takes connections and says nothing. */
export interface SilentServer {
  readonly port: number;
  readonly open: ReadonlySet<net.Socket>;
  /** How many connections came in so far. */
  readonly accepted: number;
  close(): Promise<void>;
}

export async function startSilentServer(): Promise<SilentServer> {
  const open = new Set<net.Socket>();
  let accepted = 0;
  const server = net.createServer((socket) => {
    accepted++;
    open.add(socket);
    // The end of what nobody reads is never seen.
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
