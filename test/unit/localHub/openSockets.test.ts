import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { expect, test } from 'vitest';
import { OpenSockets } from '../../../src/localHub/listeners';

test('a client that never begins TLS is disconnected when the time for the handshake is over', async () => {
  const server = tls.createServer({ handshakeTimeout: 20 });
  new OpenSockets().watch(server);
  const handshakeFailed = once(server, 'tlsClientError');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  try {
    const closed = once(client, 'close');
    client.resume();
    expect(await handshakeFailed).toMatchObject([{ code: 'ERR_TLS_HANDSHAKE_TIMEOUT' }, { destroyed: true }]);
    await closed;
  } finally {
    client.destroy();
    server.close();
  }
});
