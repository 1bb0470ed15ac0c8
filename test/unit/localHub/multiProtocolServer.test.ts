import { once } from 'node:events';
import fs from 'node:fs';
import type https from 'node:https';
import type net from 'node:net';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { tlsServerOptions } from '../../../src/localHub/listeners';
import { createMultiProtocolServer, type PortTimeouts } from '../../../src/localHub/multiProtocolServer';
import { loadTlsIdentity, type TlsIdentity } from '../../../src/localHub/tlsIdentity';
import { makeFolder } from './support/openHubData';

let folder: string;
let identity: TlsIdentity;
let server: https.Server;
let client: tls.TLSSocket;

beforeAll(async () => {
  folder = makeFolder();
  identity = await loadTlsIdentity(folder, { dns: ['localhost'], addresses: ['127.0.0.1'] }, Date.now());
});
afterEach(() => {
  client.destroy();
  server.close();
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A client of a server with small limits, whose answers do not fit into buffers of the system. */
async function connect(options: https.ServerOptions, timeouts: Partial<PortTimeouts> = {}): Promise<void> {
  server = createMultiProtocolServer(
    { ...tlsServerOptions(identity), connectionsCheckingInterval: 20, ...options },
    {
      http: (message, response) => {
        message.resume().once('end', () => response.end(Buffer.alloc(20_000_000)));
      },
      mqtt: (socket) => socket.destroy(),
      amqp: (socket) => socket.destroy(),
      log: () => undefined,
    },
    timeouts,
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  client = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', ca: identity.caCertificate });
  client.on('error', () => undefined);
  await once(client, 'secureConnect');
}

/** What the server answers before it closes the connection. */
async function answer(): Promise<string> {
  let text = '';
  client.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  await new Promise((resolve) => client.once('close', resolve));
  return text;
}

it.each([
  ['headers', { headersTimeout: 50 }, 'POST / HTTP/1.1\r\nHost: localhost\r\n'],
  [
    'a body',
    { headersTimeout: 50, requestTimeout: 50 },
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx',
  ],
])('a client that sends %s too slowly is disconnected', async (_, limits, text) => {
  await connect(limits);
  client.write(text);
  expect(await answer()).toMatch(/^HTTP\/1\.1 408 /);
});

it('a client that sends larger headers than any is disconnected', async () => {
  await connect({});
  client.write(`GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(await answer()).toMatch(/^HTTP\/1\.1 431 /);
});

it('a client that does not read the answer is disconnected', async () => {
  await connect({}, { stalledHttpMs: 50 });
  client.pause();
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await expect.poll(() => new Promise((resolve) => server.getConnections((_, n) => resolve(n)))).toBe(0);
});
