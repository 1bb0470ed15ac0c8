// The events view in a real VS Code in a browser: messages per second received, and frames per second drawn while the view
// follows new messages, is scrolled, and is searched.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { openWorkbench } from '../host/workbenchDriver.mjs';
import { startFeed } from './feed.mjs';

const { publisher, name } = createRequire(import.meta.url)('../../package.json');
const ports = ['mqttPort', 'httpsPort', 'amqpPort', 'amqpPlainPort'];
const settings = {
  ...Object.fromEntries(ports.map((port) => [`iotHubWorkbench.localHub.${port}`, 0])),
  'iotHubWorkbench.localHub.sampleDevices': false,
};

/** Target for a machine that also runs the devices and the hub, without a graphics card. */
const minFrames = 30;

/** @param {{ perSecond: number, seconds: number }} options @returns contents of bench.json */
export async function measureEventsView({ perSecond, seconds }) {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-bench-events-'));
  const workbench = await openWorkbench({ label: 'bench-events', settings });
  try {
    await workbench.openContainer('IoT Hub');
    await workbench.expand('Local Hub');
    await workbench.expand('Devices');
    await workbench.run('IoT Hub: Copy Local Hub Connection String for Add Hub');
    const connectionString = await workbench.until('the connection string', async () => {
      const text = await workbench.clipboard();
      return text.startsWith('HostName=') && text;
    });
    await workbench.run('IoT Hub: Open Events View');
    const page = workbench.webview(`${publisher}.${name}`);
    await page.getByText('Waiting for messages…').waitFor();
    const frame = await (await page.locator('main').elementHandle()).ownerFrame();
    const feed = await startFeed(folder, {
      connectionString,
      prefix: 'bench',
      devices: 20,
      perSecond,
      seconds,
    });
    const table = {};
    table['following'] = await frames(frame, 4_000);
    table['scrolling'] = await frames(frame, 4_000, () => frame.evaluate(scroll));
    await page.getByRole('textbox', { name: 'Filter' }).fill('$.temperature>25');
    table['searching'] = await frames(frame, 4_000);
    await page.getByRole('tab', { name: 'Chart' }).click();
    table['chart'] = await frames(frame, 2_000);
    feed.stop();
    const { acknowledged, perSecond: sent } = await feed.done;
    await page.getByRole('tab', { name: 'Messages' }).click();
    await page.getByRole('textbox', { name: 'Filter' }).fill('');
    const footer = await workbench.until('all messages', async () => {
      const text = await page.locator('footer').innerText();
      return text.startsWith(`${acknowledged.toLocaleString('en-US')} messages`) && text;
    });
    console.log(`\nThe events view at ${sent} messages per second (${footer}); software rendering.`);
    console.table(table);
    const slow = Object.entries(table).filter(([, row]) => row['frames/s'] < minFrames);
    return {
      sent,
      acknowledged,
      footer,
      table,
      ...(slow.length > 0
        ? {
            problem: `Fewer than ${minFrames} frames per second in ${slow.map(([name]) => name).join(', ')}.`,
          }
        : {}),
    };
  } finally {
    await workbench.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function frames(frame, ms, during = async () => undefined) {
  const counting = frame.evaluate(count, ms);
  await during();
  return counting;
}

/** Runs in the page. */
function count(ms) {
  return new Promise((resolve) => {
    const started = performance.now();
    let last = started;
    let number = 0;
    let longest = 0;
    let changed = 0;
    let isChanged = false;
    const observer = new MutationObserver(() => (isChanged = true));
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    const step = (now) => {
      number++;
      if (isChanged) changed++;
      isChanged = false;
      longest = Math.max(longest, now - last);
      last = now;
      if (now - started < ms) requestAnimationFrame(step);
      else {
        observer.disconnect();
        resolve({
          'frames/s': Math.round((number / (now - started)) * 1_000),
          'of them with something new': Math.round((changed / (now - started)) * 1_000),
          'longest ms': Math.round(longest),
        });
      }
    };
    requestAnimationFrame(step);
  });
}

/** Runs in the page. */
async function scroll() {
  const view = document.querySelector('.grid-view');
  for (let turn = 0; turn < 100; turn++) {
    view.dispatchEvent(
      new WheelEvent('wheel', { deltaY: turn < 50 ? -400 : 300, bubbles: true, cancelable: true }),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
