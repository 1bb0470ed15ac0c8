import { EventEmitter } from 'node:events';
import type net from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { UnauthenticatedSockets } from '../../../src/localHub/unauthenticatedSockets';

/** What the hub uses of a socket. */
class FakeSocket extends EventEmitter {
  destroyed = false;

  constructor(
    readonly remotePort: number,
    readonly remoteAddress: string,
    readonly localPort = 8883,
  ) {
    super();
  }

  send(bytes: number): void {
    this.emit('data', Buffer.alloc(bytes));
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

const limits = { sockets: 4, socketsPerAddress: 2, bytes: 1_000, bytesPerSocket: 600 };

describe('the sockets of clients that are not authenticated', () => {
  let server: EventEmitter;
  let sockets: UnauthenticatedSockets;
  let log: string[];
  let ports = 0;
  beforeEach(() => {
    server = new EventEmitter();
    log = [];
    sockets = new UnauthenticatedSockets((_, text) => log.push(text), limits);
    sockets.watch(server as net.Server);
  });

  const connect = (address = '127.0.0.1'): FakeSocket => {
    const socket = new FakeSocket(++ports, address);
    server.emit('connection', socket);
    sockets.countBytes(socket as unknown as net.Socket);
    return socket;
  };
  const release = (socket: FakeSocket): void => {
    sockets.release(socket as unknown as net.Socket);
  };
  const ended = (list: readonly FakeSocket[]): boolean[] => list.map(({ destroyed }) => destroyed);

  it('end from the oldest on when there are too many, and those that are authenticated stay', () => {
    const list = Array.from({ length: 4 }, () => connect());
    for (const socket of list.slice(0, 2)) release(socket);
    list.push(connect(), connect());
    expect(ended(list)).toEqual([false, false, false, false, false, false]);
    list.push(connect());
    expect(ended(list)).toEqual([false, false, true, false, false, false, false]);
    expect(log).toEqual([expect.stringContaining('too many clients before authentication')]);
    for (let n = 0; n < 20; n++) list.push(connect());
    expect(list.filter(({ destroyed }) => !destroyed)).toEqual([...list.slice(0, 2), ...list.slice(-4)]);
    expect(sockets.size).toBe(4);
  });

  it('end from the oldest of an address on, unless it is that of this machine', () => {
    const others = [connect('192.0.2.1'), connect('192.0.2.2')];
    const list = [connect('192.0.2.2'), connect('192.0.2.2')];
    expect(ended([...others, ...list])).toEqual([false, true, false, false]);
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      const mine = [connect(address), connect(address), connect(address)];
      expect(ended(mine)).toEqual([false, false, false]);
      for (const socket of mine) release(socket);
    }
  });

  it('are forgotten when they close', () => {
    const list = Array.from({ length: 3 }, () => connect());
    for (const socket of list) socket.destroy();
    expect(sockets.size).toBe(0);
    expect(ended(Array.from({ length: 4 }, () => connect()))).toEqual([false, false, false, false]);
    expect(log).toEqual([]);
  });

  it('end when one sends too much, and an authenticated one does not', () => {
    const [greedy, device] = [connect(), connect()];
    greedy.send(600);
    device.send(600 - 350);
    expect(greedy.destroyed).toBe(false);
    release(device);
    device.send(100_000);
    expect(device.destroyed).toBe(false);
    greedy.send(1);
    expect(greedy.destroyed).toBe(true);
    expect(device.listenerCount('data')).toBe(0);
    expect(log).toEqual([expect.stringContaining('too much data before authentication')]);
  });

  it('end from the largest on when all together send too much', () => {
    const [small, large, newest] = [connect(), connect(), connect()];
    small.send(100);
    large.send(500);
    newest.send(400);
    expect(ended([small, large, newest])).toEqual([false, false, false]);
    newest.send(50);
    expect(ended([small, large, newest])).toEqual([false, true, false]);
    expect(log).toEqual([expect.stringContaining('too much data of all clients')]);
  });
});
