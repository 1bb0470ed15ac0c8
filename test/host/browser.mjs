// A headless browser without access to the network.
import { chromium } from 'playwright-core';
import { findBrowser } from './systemPackages.mjs';
import { Failure } from './processes.mjs';

const flags = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  // A single file may use at most an eighth of the cache, and the workbench script is 20 MB.
  '--disk-cache-size=500000000',
  '--no-proxy-server',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
  // With BackgroundResourceFetch, Chromium compiles the workbench script for each window instead of using its code cache.
  // A page that a test has rewritten is not in the loopback address space, so Chromium would block its WebSocket to 127.0.0.1.
  '--disable-features=BackgroundResourceFetch,LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets,LocalNetworkAccessChecksWebRTC,BlockInsecurePrivateNetworkRequests',
];

/**
 * Opens a browser context without access to the network.
 * @param {{ profile?: string }} [options] `profile`: folder that keeps global state and secrets across restarts
 * @returns {Promise<{ context: import('playwright-core').BrowserContext, close: () => Promise<void> }>}
 */
export async function openBrowser({ profile } = {}) {
  const executablePath = findBrowser();
  if (!executablePath) throw new Failure('No browser found: run `node test/host/environment.mjs`.');
  // Chromium's sandbox does not run as root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox', ...flags] : flags;
  const look = { viewport: { width: 1400, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'] };
  const launch = { executablePath, args, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  if (profile) {
    const context = await chromium.launchPersistentContext(profile, { ...launch, ...look });
    await prepare(context);
    return { context, close: () => context.close() };
  }
  const browser = await chromium.launch(launch);
  const context = await browser.newContext(look);
  await prepare(context);
  return { context, close: () => browser.close() };
}

async function prepare(context) {
  // VS Code encrypts secrets with a key from this address. The bare server does not serve one, and secrets are then lost
  // when the window reloads. (A route would also work, but disables the browser's cache.)
  await context.addInitScript(() => {
    const { fetch } = globalThis;
    globalThis.fetch = (input, init) =>
      new URL(input instanceof Request ? input.url : input, location.href).pathname.endsWith('/mint-key')
        ? Promise.resolve(new Response(new Uint8Array(32).fill(7)))
        : fetch(input, init);
  });
}
