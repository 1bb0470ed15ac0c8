// `npm start -- --check`: the first minute of use, checked in a headless browser.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { openBrowser } from './browser.mjs';
import { channelFiles, firstMessage } from './outputChannels.mjs';
import { ensureEnvironment } from './environment.mjs';
import { prepareProfile, serveVsCode } from './frontServer.mjs';
import { Failure, seconds, sleep } from './processes.mjs';
import { resultsFolder } from './paths.mjs';
import { serverPossible } from './serverInstall.mjs';
import { temporaryFolder } from './vscodeServer.mjs';
import { Workbench } from './workbenchDriver.mjs';

const timeout = 120_000;

/**
 * Opens VS Code with the extension, starts monitoring the local hub, and waits for a message from the sample device.
 * @param {string} vsix
 * @returns {Promise<number>} the exit code
 */
export async function check(vsix) {
  if (!serverPossible) {
    const { checkOnDesktop } = await import('./checkOnDesktop.mjs');
    return checkOnDesktop(vsix, timeout);
  }
  await ensureEnvironment({ server: true, browser: true });
  rmSync(path.join(resultsFolder, 'screenshots', 'check.png'), { force: true });
  const { folder, remove } = temporaryFolder('check');
  const started = Date.now();
  const server = await serveVsCode(prepareProfile(folder), vsix);
  let browser;
  try {
    browser = await openBrowser();
    const page = await browser.context.newPage();
    const workbench = new Workbench(server, browser, page, server.workspace);
    const late = sleep(timeout).then(() => ({ error: `not received within ${timeout / 1000} s.` }));
    const seen = watch(workbench).catch((error) => ({ error: error.message.split('\n')[0] }));
    const found = await Promise.race([seen, late]);
    const picture = await workbench.capture('check').catch(() => undefined);
    if (found.error) {
      const look = picture ? ` Screenshot: ${picture}.` : '';
      throw new Failure(
        `No message from the sample device appeared in the local hub's output channel: ${found.error}${look}`,
      );
    }
    console.log(`The sample device's first message, ${seconds(started)} after VS Code started:`);
    console.log(found.message);
    return 0;
  } finally {
    await browser?.close();
    await server.stop();
    remove();
  }
}

/** The steps of a user. */
async function watch(workbench) {
  await workbench.reload();
  await workbench.openContainer('IoT Hub');
  await workbench.row(/local/i).waitFor();
  await workbench.run('IoT Hub: Start Monitoring');
  // With a single hub there is no quick pick; otherwise the local hub is selected.
  for (;;) {
    const row = workbench.quickRow(/local/i);
    // The toast may close between the check and the click; the next round looks for it again.
    if (await row.isVisible()) await row.click({ timeout: 1000 }).catch(() => undefined);
    for (const { text } of channelFiles(workbench.server.logsFolder)) {
      const message = firstMessage(text);
      if (message) return { message };
    }
    await sleep(200);
  }
}
