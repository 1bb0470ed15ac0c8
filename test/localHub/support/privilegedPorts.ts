import net from 'node:net';

/** Why this machine permits no address with port 443, as part of the title of the tests that are skipped; empty if it does. */
export const missingAddress = await new Promise<string>((resolve) => {
  const server = net.createServer();
  server.once('error', (error: NodeJS.ErrnoException) => {
    // Another test file asks at the same time.
    resolve(error.code === 'EADDRINUSE' ? '' : ` (skipped: ${error.message})`);
  });
  server.listen({ host: '127.0.0.254', port: 443 }, () => {
    server.close(() => {
      resolve('');
    });
  });
});
