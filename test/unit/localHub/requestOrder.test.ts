import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RequestOrder } from '../../../src/localHub/http/requestOrder';

describe('the requests of a connection', () => {
  let server: http.Server;
  let order: RequestOrder;
  let port: number;
  /** Paths in the order in which their work began. */
  let started: string[];
  let received: number;
  let mostWaiting: number;
  let open: number;
  let mostOpen: number;
  let answerBytes: number;
  let clients: net.Socket[];
  const sockets: net.Socket[] = [];

  beforeEach(async () => {
    [started, received, mostWaiting] = [[], 0, 0];
    [open, mostOpen, answerBytes, clients] = [0, 0, 10, []];
    order = new RequestOrder();
    server = http.createServer((message, response) => {
      mostWaiting = Math.max(mostWaiting, ++received - started.length);
      order.add(message, response, () => {
        started.push(message.url ?? '');
        mostOpen = Math.max(mostOpen, ++open);
        message.resume().once('end', () => {
          open--;
          response.end(`${message.url ?? ''};`.padEnd(answerBytes));
        });
      });
    });
    server.on('connection', (socket: net.Socket) => sockets.push(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as net.AddressInfo);
  });
  afterEach(() => {
    for (const client of clients) client.destroy();
    server.closeAllConnections();
    server.close();
  });

  const connect = async (): Promise<net.Socket> => {
    const client = net.connect(port, '127.0.0.1');
    clients.push(client);
    client.on('error', () => undefined);
    await once(client, 'connect');
    return client;
  };
  const request = (path: string): string => `GET /${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const numbers = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, index) => `/${from + index}`);
  /** Reads until the answers contain the text. */
  const readUntil = async (client: net.Socket, last: string): Promise<string> => {
    let text = '';
    for await (const chunk of client.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (text.includes(last, text.length - chunk.length - last.length)) break;
    }
    return text;
  };

  it('are answered in their order, one at a time, however many arrive at once', async () => {
    const client = await connect();
    client.write(
      numbers(0, 1_000)
        .map((path) => request(path.slice(1)))
        .join(''),
    );
    const text = await readUntil(client, '/999;');
    expect([...text.matchAll(/(\/\d+);/g)].map(([, path]) => path)).toEqual(numbers(0, 1_000));
    expect(started).toEqual(numbers(0, 1_000));
    expect(mostOpen).toBe(1);
    client.write(request('again'));
    expect(await readUntil(client, '/again;')).toContain('200 OK');
  });

  it('are read only as earlier ones are answered', async () => {
    const client = await connect();
    // About 100 fit into what is read at once.
    const padding = `Padding: ${'x'.repeat(600)}\r\n\r\n`;
    client.write(
      numbers(0, 1_000)
        .map((path) => request(path.slice(1)).slice(0, -2) + padding)
        .join(''),
    );
    await readUntil(client, '/999;');
    expect(mostWaiting).toBeLessThan(300);
  });

  it('may have bodies', async () => {
    const client = await connect();
    for (const path of numbers(0, 200))
      client.write(`PUT ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(1_000)}`);
    await readUntil(client, '/199;');
    expect(started).toEqual(numbers(0, 200));
  });

  it('wait for those of other connections', async () => {
    const [flooding, healthy] = [await connect(), await connect()];
    flooding.write(
      numbers(0, 1_000)
        .map((path) => request(path.slice(1)))
        .join(''),
    );
    await once(flooding, 'data');
    flooding.resume();
    healthy.write(request('healthy'));
    await readUntil(healthy, '/healthy;');
    expect(started.indexOf('/healthy')).toBeLessThan(500);
    expect(started.length).toBeLessThan(1_000);
  });

  it('are neither started nor read while the client does not read the answers', async () => {
    answerBytes = 4_000_000;
    const client = await connect();
    client.pause();
    let sent = 0;
    // Until the system takes no more.
    for (let waits = 0; waits < 20 && sent < 5_000_000;) {
      const chunk = request('unread').repeat(1_000);
      sent += chunk.length;
      if (client.write(chunk)) waits = 0;
      else await new Promise((resolve) => setImmediate(resolve)).then(() => waits++);
    }
    const healthy = await connect();
    answerBytes = 10;
    healthy.write(request('healthy'));
    await readUntil(healthy, '/healthy;');
    for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve));
    // The answers that fit into buffers of the system.
    expect(started.length).toBeLessThan(20);
    expect(sockets.find((socket) => socket.remotePort === client.localPort)?.bytesRead).toBeLessThan(
      1_000_000,
    );
    client.destroy();
  });

  it('are not started after the connection closed', async () => {
    const client = await connect();
    client.write(request('first') + request('second').repeat(500));
    await once(client, 'data');
    client.resetAndDestroy();
    const healthy = await connect();
    healthy.write(request('healthy'));
    await readUntil(healthy, '/healthy;');
    const count = started.length;
    expect(count).toBeLessThan(500);
    healthy.write(request('later'));
    await readUntil(healthy, '/later;');
    expect(started.length).toBe(count + 1);
  });

  it('end the connection when all connections together have too many', async () => {
    order = new RequestOrder(100);
    const client = await connect();
    client.resume();
    client.write(request('a').repeat(500));
    await once(client, 'close');
    const healthy = await connect();
    healthy.write(request('healthy').repeat(50) + request('last'));
    expect(await readUntil(healthy, '/last;')).toContain('200 OK');
  });
});
