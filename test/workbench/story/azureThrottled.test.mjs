import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openWorkbenchWithCloud, signIn } from './azureAccount.mjs';
import { settings } from './certificateStory.mjs';

describe('throttling by Azure', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  let cloud;
  before(async () => {
    cloud = await openWorkbenchWithCloud({
      label: 'azureThrottled',
      settings,
      // Enough requests to sign in and to read the tree once or twice; then one every five seconds.
      cloud: ['--arm-throttle', '12'],
    });
    workbench = cloud.workbench;
    await workbench.openContainer('IoT Hub');
    await signIn(workbench);
    await workbench.expand(/^Local Hub$/);
    await workbench.row(/^local-hub/).waitFor();
  });
  after(() => cloud?.close());

  it('is shown in the status bar with the time to wait, and the operation continues automatically', async () => {
    const status = workbench.statusItem(/Throttled by Azure/);
    await workbench.until('Azure to throttle', async () => {
      if (await status.isVisible()) return true;
      await workbench.choose('ann@localhost', 'Refresh');
      return false;
    });
    const spoken = status.locator('[aria-label]').first();
    assert.match(
      await spoken.getAttribute('aria-label'),
      /continue automatically:.*(account "ann@localhost"|subscription "Local Hub"): \d+ s/s,
    );
    await workbench.screenshot('azureThrottled-1-wait');
    const seen = [];
    await workbench.until('the remaining seconds to decrease', async () => {
      const text = (await workbench.statusBar()).find((item) => item.includes('Throttled by Azure'));
      const now = Number(/Throttled by Azure, retrying in (\d+) s/.exec(text ?? '')?.[1] ?? NaN);
      if (!Number.isNaN(now) && now !== seen.at(-1)) seen.push(now);
      return seen.some((seconds, n) => n > 0 && seconds < seen[n - 1]);
    });
    assert.ok(
      seen.every((seconds) => seconds > 0 && seconds <= 60),
      seen.join(),
    );
    assert.deepEqual(await workbench.toasts(), []);
    await status.waitFor({ state: 'hidden', timeout: 75_000 });
    await workbench.row(/^local-hub/).waitFor();
    assert.equal((await workbench.rows()).filter((row) => /Failed|did not answer/.test(row)).length, 0);
    await workbench.waitForOutput(
      'IoT Hub Workbench',
      /Azure is throttling requests: GET \/\S+ is retried in \d+ seconds/,
    );
  });
});
