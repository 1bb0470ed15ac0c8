import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clearNotifications } from '../../host/storyWindows.mjs';
import { openWorkbenchWithCloud } from './azureAccount.mjs';
import {
  answerAuthority,
  answerDevice,
  local,
  localAuthority,
  rowLike,
  settings,
  step,
} from './storySteps.mjs';
import { cleanUpInAccount } from './cleanUpAzure.mjs';
import { accept, dismissNotification, listed, openCleanUp, tickedOf, toggle } from './cleanUpStory.mjs';
import { addHub, hubString } from './hubConnections.mjs';

describe('Clean Up', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  let cloud;
  before(async () => {
    cloud = await openWorkbenchWithCloud({
      label: 'clean-up',
      settings,
      cloud: ['--arm-phase-ms', '1000'],
    });
    workbench = cloud.workbench;
    await workbench.openContainer('IoT Hub');
    await workbench.row(local).waitFor();
  });
  after(() => cloud?.close());

  describe('on the local hub', () => {
    const shown = (pattern) => workbench.until(String(pattern), rowLike(workbench, pattern));
    const gone = (pattern) =>
      workbench.until(`${pattern} to be removed`, async () => !(await rowLike(workbench, pattern)()));

    it('reports that there is nothing to clean up without starting the local hub', async () => {
      await workbench.run('IoT Hub: Clean Up…');
      await dismissNotification(workbench, 'Nothing to clean up.');
      await shown(/^Local Hub stopped/);
    });

    it('lists created devices, certificates and keys, and preselects those on the local hub', async () => {
      await workbench.expand('Local Hub');
      await shown(/^Local Hub running/);
      await workbench.expand('Devices');
      for (const id of ['pump-1', 'pump-2', 'pump-3']) {
        await workbench.run('IoT Hub: Register Device…');
        await answerDevice(workbench, id);
        await shown(new RegExp(`^${id}`));
      }
      await workbench.run('IoT Hub: Create Certificate Authority…');
      await step(workbench, /\(1\/4\)/);
      await answerAuthority(workbench, 'Factory CA');
      await shown(localAuthority);
      await dismissNotification(workbench, 'is ready');
      await workbench.choose(/Factory CA.*EC P-256/, 'Upload and Verify Certificate Authority…');
      await shown(/^Factory-CA verified/);
      await dismissNotification(workbench, 'is verified on Local Hub');

      await openCleanUp(workbench);
      const rows = await listed(workbench);
      assert.equal(rows.length, 5);
      assert.match(rows[0].text, /pump-1 device on Local Hub/);
      assert.match(
        rows[3].text,
        /Factory-CA certificate on Local Hub · verified.*will no longer be able to authenticate/,
      );
      assert.match(
        rows[4].text,
        /Factory CA certificate authority · private key on this computer.*key cannot be recovered\./,
      );
      assert.deepEqual(
        rows.map(({ isTicked }) => isTicked),
        [true, true, true, true, false],
      );
      assert.deepEqual([rows[0].section, rows[4].section], ['Local Hub', 'This computer']);
      await workbench.screenshot('cleanUp-1-list');
    });

    it('deletes nothing when the confirmation is canceled', async () => {
      await accept(workbench);
      const { text } = await workbench.dialog();
      assert.match(text, /Delete 3 devices and 1 hub certificate\?/);
      assert.match(text, /pump-1, pump-2, pump-3/);
      await workbench.screenshot('cleanUp-2-question');
      await workbench.press('Escape');
      await shown(/^pump-1/);
      assert.deepEqual(await workbench.toasts(), []);
    });

    it('asks for the name of a resource that cannot be recovered, and deletes only what is selected', async () => {
      await openCleanUp(workbench);
      await toggle(workbench, 'pump-2');
      await toggle(workbench, 'private key on this computer', 4);
      assert.equal((await tickedOf(workbench)).length, 4);
      await accept(workbench);
      const { text } = await workbench.dialog();
      assert.match(text, /Delete 2 devices, 1 hub certificate, and 1 certificate authority\?/);
      assert.match(text, /The key cannot be recovered\. Certificates signed by it remain valid/);
      assert.doesNotMatch(text, /pump-2/);
      await workbench.answerDialog('Continue…');
      await step(workbench, /Type "Factory CA" to permanently delete it and all other/);
      await workbench.answer('factory');
      await step(workbench, /Type "Factory CA" exactly/);
      await workbench.screenshot('cleanUp-3-name');
      await workbench.answer('Factory CA');
      await workbench.toast('Clean Up: 4 resources deleted.');
      await workbench.screenshot('cleanUp-4-done');
      await gone(/^pump-1/);
      await gone(/^pump-3/);
      await shown(/^pump-2/);
      await gone(/^Factory/);
    });

    it('shows the result for each resource as a document', async () => {
      await workbench.answerToast('4 resources deleted', 'Show Details');
      const lines = workbench.page.locator('.editor-instance .view-line');
      await workbench.until('the report', async () =>
        (await lines.allInnerTexts()).some((line) =>
          /device pump-3 on Local Hub/.test(line.replace(/\u00a0/g, ' ')),
        ),
      );
      await workbench.screenshot('cleanUp-5-report');
      await workbench.run('View: Close All Editors');
      await clearNotifications(workbench);
    });

    it('lists the remaining resource in the second run, also after the window is reloaded', async () => {
      await workbench.reloadWindow();
      await workbench.openContainer('IoT Hub');
      await openCleanUp(workbench);
      const rows = await listed(workbench);
      assert.equal(rows.length, 1);
      assert.match(rows[0].text, /pump-2 device on Local Hub/);
    });

    it('keeps a resource and hides it from Clean Up', async () => {
      const row = workbench.quickRow('pump-2');
      await row.hover();
      await row.locator('.action-label[aria-label^="Keep and Hide"]').click();
      await dismissNotification(workbench, 'Nothing to clean up.');
      await workbench.expand('Local Hub');
      await workbench.expand('Devices');
      await shown(/^pump-2/);
    });

    it('detects resources that were deleted elsewhere', async () => {
      await workbench.run('IoT Hub: Register Device…');
      await answerDevice(workbench, 'pump-4');
      await shown(/^pump-4/);
      await workbench.run('IoT Hub: Reset Local Hub Data…');
      const { buttons } = await workbench.dialog();
      await workbench.answerDialog(buttons.find((button) => button !== 'Cancel'));
      await gone(/^pump-4/);
      await workbench.run('IoT Hub: Clean Up…');
      await dismissNotification(workbench, 'Nothing to clean up.');
    });

    it('reports a resource that cannot be checked, and removes it from the list on request', async () => {
      await addHub(workbench, await hubString(workbench), 'Borrowed');
      await workbench.run('IoT Hub: Register Device…');
      await step(workbench, /Select the hub to register the device on/);
      await workbench.pick('Borrowed');
      await answerDevice(workbench, 'lamp-1');
      await shown(/^lamp-1/);
      await workbench.run('IoT Hub: Remove Hub…');
      await workbench.answerDialog('Remove');
      await gone(/^Borrowed/);
      await workbench.run('IoT Hub: Clean Up…');
      await step(workbench, /Could Not Be Checked/);
      const rows = await listed(workbench);
      assert.match(rows[0].text, /1 device on hub "Borrowed".*was removed from the list/);
      await workbench.screenshot('cleanUp-7-unknown');
      await workbench.pick('Hide 1 device');
      assert.match((await workbench.dialog()).text, /Nothing is deleted\./);
      await workbench.answerDialog('Hide');
      await dismissNotification(workbench, 'Nothing to clean up.');
    });
  });

  cleanUpInAccount(() => cloud);
});
