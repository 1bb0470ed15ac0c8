import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openWorkbenchWithCloud, signIn } from './azureAccount.mjs';
import { settings } from './certificateStory.mjs';

describe('When Azure asks to slow down', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  let cloud;
  before(async () => {
    cloud = await openWorkbenchWithCloud({
      label: 'azureThrottled',
      settings,
      // Enough to sign in and to read the tree a few times; then one every three seconds.
      cloud: ['--arm-throttle', '20'],
    });
    workbench = cloud.workbench;
    await workbench.openContainer('IoT Hub');
    await signIn(workbench);
    await workbench.expand(/^Local Hub$/);
    await workbench.row(/^local-hub/).waitFor();
  });
  after(() => cloud?.close());

  it('the status bar says how long, and goes on by itself', async () => {
    const status = workbench.statusItem(/Azure asks to wait/);
    await workbench.until('Azure to ask for patience', async () => {
      if (await status.isVisible()) return true;
      await workbench.choose('ann@localhost', 'Refresh');
      return false;
    });
    const [, first] = /Azure asks to wait (\d+) s/.exec(await status.innerText());
    assert.ok(Number(first) > 0 && Number(first) <= 60, first);
    assert.match(
      await status.locator('[aria-label]').first().getAttribute('aria-label'),
      /goes on by itself:.*(account "ann@localhost"|subscription "Local Hub"): \d+ s/s,
    );
    await workbench.screenshot('azureThrottled-1-wait');
    await workbench.until('the seconds to become fewer', async () => {
      const [, now] = /Azure asks to wait (\d+) s/.exec(await status.innerText()) ?? [];
      return now !== undefined && Number(now) < Number(first);
    });
    assert.deepEqual(await workbench.toasts(), []);
    await status.waitFor({ state: 'hidden', timeout: 75_000 });
    await workbench.row(/^local-hub/).waitFor();
    assert.equal((await workbench.rows()).filter((row) => /Failed|did not answer/.test(row)).length, 0);
    await workbench.waitForOutput(
      'IoT Hub Workbench',
      /Azure asks to slow down: GET \/\S+ goes on in \d+ seconds/,
    );
  });
});
