import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type WebSocket from 'ws';
import { ownWebSockets } from '../../../src/azure/events/ownWebSockets';

describe('WebSockets of an event endpoint', () => {
  const sockets: net.Socket[] = [];
  /** Accepts connections and never answers. */
  const silent = net.createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  let url = '';
  beforeEach(async () => {
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    sockets.splice(0).forEach((socket) => socket.destroy());
    silent.close();
    await once(silent, 'close');
  });

  /** Resolves when it is closed, also by an error. */
  const closeOf = (socket: WebSocket) =>
    new Promise<void>((resolve) => socket.on('error', () => undefined).once('close', () => resolve()));

  it('are ended while they connect', async () => {
    const { OwnWebSocket, end } = ownWebSockets();
    const socket = new OwnWebSocket(url);
    const closed = closeOf(socket);
    end();
    await closed;
    expect(socket.readyState).toBe(OwnWebSocket.CLOSED);
  });

  it('are ended if they are opened after the end', async () => {
    const { OwnWebSocket, end } = ownWebSockets();
    end();
    const socket = new OwnWebSocket(url);
    await closeOf(socket);
    expect(socket.readyState).toBe(OwnWebSocket.CLOSED);
  });
});
