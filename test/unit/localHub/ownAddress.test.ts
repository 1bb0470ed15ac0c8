import net from 'node:net';
import { expect, it } from 'vitest';
import { listenOnce } from '../../../src/localHub/listeners';

it('A server that tries many addresses keeps no listeners of those that are in use', async () => {
  const other = net.createServer();
  const port = await listenOnce(other, '127.0.0.1', 0);
  const server = net.createServer();
  for (let i = 0; i < 20; i++) {
    await expect(listenOnce(server, '127.0.0.1', port)).rejects.toThrow('EADDRINUSE');
  }
  expect([server.listenerCount('listening'), server.listenerCount('error')]).toEqual([0, 0]);
  other.close();
});
