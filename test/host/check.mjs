// `npm start -- --check`: what a person sees in the first minute, seen by a headless browser.
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
 * Opens VS Code with the extension, starts monitoring the local hub, and waits for the sample device's message.
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
    const late = sleep(timeout).then(() => ({ error: `it did not come within ${timeout / 1000} s.` }));
    const seen = watch(workbench).catch((error) => ({ error: error.message.split('\n')[0] }));
    const found = await Promise.race([seen, late]);
    const picture = await workbench.screenshot('check').catch(() => undefined);
    if (found.error) {
      const look = picture ? ` What VS Code shows is in ${picture}.` : '';
      throw new Failure(
        `The sample device's message was not seen in the local hub's output channel: ${found.error}${look}`,
      );
    }
    console.log(`The sample device's first message, ${seconds(started)} after VS Code was started:`);
    console.log(found.message);
    return 0;
  } finally {
    await browser?.close();
    await server.stop();
    remove();
  }
}

/** The steps of a person. */
async function watch(workbench) {
  await workbench.reload();
  await workbench.openContainer('IoT Hub');
  await workbench.row(/local/i).waitFor();
  await workbench.run('IoT Hub: Start Monitoring');
  // With one hub it does not ask; with a question the local hub is the answer.
  for (;;) {
    const row = workbench.quickRow(/local/i);
    // It may go between the look and the click, and is then looked for again.
    if (await row.isVisible()) await row.click({ timeout: 1000 }).catch(() => undefined);
    for (const { text } of channelFiles(workbench.server.logsFolder)) {
      const message = firstMessage(text);
      if (message) return { message };
    }
    await sleep(200);
  }
}
