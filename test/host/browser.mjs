// A headless browser that talks to this machine only.
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
  // Less than an eighth of it is kept of one file, and the workbench's script has 20 MB.
  '--disk-cache-size=500000000',
  '--no-proxy-server',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
  // A page that a test rewrote has no loopback address space, so its WebSocket to 127.0.0.1 would be refused.
  '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets,LocalNetworkAccessChecksWebRTC,BlockInsecurePrivateNetworkRequests',
];

/**
 * Opens a browser context without access to the network.
 * @param {{ profile?: string }} [options] `profile`: a folder that keeps global state and secrets over a restart
 * @returns {Promise<{ context: import('playwright-core').BrowserContext, close: () => Promise<void> }>}
 */
export async function openBrowser({ profile } = {}) {
  const executablePath = findBrowser();
  if (!executablePath) throw new Failure('No browser was found: run `node test/host/environment.mjs`.');
  // Chromium's sandbox refuses to run as root.
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
  // VS Code keeps secrets encrypted with a key of this address. The bare server has none, and then secrets
  // last only until the window is reloaded. (A route would do too, but with one the browser caches nothing.)
  await context.addInitScript(() => {
    const { fetch } = globalThis;
    globalThis.fetch = (input, init) =>
      new URL(input instanceof Request ? input.url : input, location.href).pathname.endsWith('/mint-key')
        ? Promise.resolve(new Response(new Uint8Array(32).fill(7)))
        : fetch(input, init);
  });
}
