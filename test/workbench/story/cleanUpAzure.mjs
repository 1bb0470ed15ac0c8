// Clean Up in an Azure account, in the window of the story of the local hub.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { clearNotifications, startStory } from '../../host/storyWindows.mjs';
import { askCloud, requestCloud, signIn } from './azureAccount.mjs';
import { answerDevice, rowLike, step } from './storySteps.mjs';
import { accept, dismissNotification, listed, openCleanUp, tickedOf, toggle } from './cleanUpStory.mjs';

const subscription = /^Local Hub$/;

/** @param {() => Awaited<ReturnType<typeof import('./azureAccount.mjs').openWorkbenchWithCloud>>} opened */
export function cleanUpInAccount(opened) {
  describe('in an Azure account', () => {
    /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
    let workbench;
    let cloud;
    const shown = (pattern) => workbench.until(String(pattern), rowLike(workbench, pattern), 40_000);
    const gone = (pattern) =>
      workbench.until(`${pattern} to be removed`, async () => !(await rowLike(workbench, pattern)()), 40_000);
    const onSubscription = () => workbench.choose(subscription, 'Clean Up…');
    before(async () => {
      cloud = opened();
      workbench = cloud.workbench;
      await startStory(workbench);
      await workbench.collapse('Local Hub');
      await signIn(workbench);
      await workbench.expand(subscription);
      await workbench.row(/^local-hub/).waitFor();
    });

    /** Creates a hub with the wizard, in a new resource group. */
    async function createHub(group, name, tier) {
      await workbench.choose(subscription, 'Create Hub…');
      await step(workbench, /Select a resource group/);
      await workbench.pick('New resource group…');
      await step(workbench, /Name of the new resource group/);
      await workbench.answer(group);
      await step(workbench, /Name of the hub/);
      await workbench.answer(name);
      await step(workbench, /Select a region/);
      await workbench.pick('Local', { exact: true });
      await step(workbench, /Select a tier/);
      await workbench.pick(tier);
      for (const question of tier === 'F1' ? [] : [/Number of units/, /Partitions of/, /Retention of/]) {
        await step(workbench, question);
        await workbench.press('Enter');
      }
      await step(workbench, /Select public network access/);
      await workbench.pick('Enabled');
      await step(workbench, /allow shared access keys/);
      await workbench.pick('Enabled');
      await step(workbench, /Review and create/);
      await workbench.pick(`Create hub "${name}"`);
      await shown(new RegExp(`^${name} ${group} · local · ${tier}( free)?$`));
      await dismissNotification(workbench, `Hub "${name}" is ready`);
    }

    const resource = (name) =>
      `/subscriptions/${cloud.endpoints.subscriptionId}${name}?api-version=2023-06-30`;
    const statusOf = async (name) => (await requestCloud(cloud.endpoints, 'GET', resource(name))).status;

    it('lists created groups, hubs and devices, and which are billed', async () => {
      await createHub('attic', 'spare', 'F1');
      await createHub('plant', 'pumps', 'S1');
      await workbench.choose(/^pumps/, 'Register Device…');
      await answerDevice(workbench, 'pump-1');
      await shown(/^pump-1/);
      await openCleanUp(workbench, onSubscription);
      const rows = await listed(workbench);
      await workbench.screenshot('cleanUp-azure-1-list');
      assert.deepEqual(
        rows.map(({ text }) => /^(\S+) (.*?)(?= Everything| It has|$)/.exec(text)?.slice(1)),
        [
          ['plant', 'resource group · billed · 1 resource'],
          ['attic', 'resource group · 1 resource'],
          ['pumps', 'hub · S1 · billed · in plant'],
          ['spare', 'hub · F1 · free · in attic'],
          ['pump-1', 'device on pumps'],
        ],
      );
      assert.ok(rows.every(({ isTicked }) => isTicked));
    });

    it('deselects the hub of a deselected device, and selects everything in a group', async () => {
      await toggle(workbench, 'pump-1', 2);
      assert.deepEqual(
        (await tickedOf(workbench)).map((text) => text.split(' ')[0]),
        ['attic', 'spare'],
      );
      await toggle(workbench, 'resource group · billed', 5);
      assert.equal((await tickedOf(workbench)).length, 5);
      await workbench.cancel();
    });

    it('does not delete a group to which a resource was added after the confirmation, and reports it', async () => {
      await openCleanUp(workbench, onSubscription);
      await accept(workbench);
      const { text } = await workbench.dialog();
      assert.match(text, /Delete 2 resource groups\?/);
      await workbench.screenshot('cleanUp-azure-2-question');
      await workbench.answerDialog('Continue…');
      await step(workbench, /Type "plant" to permanently delete it and all other/);
      const path = '/resourceGroups/plant/providers/Microsoft.Devices/IotHubs/strangers';
      const hub = { location: 'local', properties: {}, sku: { name: 'S1', capacity: 1 } };
      assert.equal((await requestCloud(cloud.endpoints, 'PUT', resource(path), hub)).status, 201);
      await workbench.answer('plant');
      const message = await workbench.toast('Clean Up: 1 of 2 resources deleted, 1 failed.');
      assert.match(
        message,
        /Resource group "plant" now also contains strangers \(Microsoft\.Devices\/IotHubs\)/,
      );
      await workbench.screenshot('cleanUp-azure-3-partly');
      await workbench.answerToast('1 of 2 resources deleted', 'Show Details');
      const lines = workbench.page.locator('.editor-instance .view-line');
      await workbench.until('the report', async () =>
        (await lines.allInnerTexts()).some((line) =>
          /^- resource group attic$/.test(line.replace(/\u00a0/g, ' ')),
        ),
      );
      await workbench.screenshot('cleanUp-azure-4-report');
      await workbench.run('View: Close All Editors');
      await clearNotifications(workbench);
      await gone(/^spare/);
      await shown(/^strangers/);
      await shown(/^pumps/);
    });

    it('names resources that were not created here and does not preselect them', async () => {
      await openCleanUp(workbench);
      const rows = await listed(workbench);
      assert.deepEqual(
        rows.map(({ text, isTicked }) => [text.split(' ')[0], isTicked]),
        [
          ['plant', false],
          ['pumps', true],
          ['pump-1', true],
        ],
      );
      assert.match(rows[0].text, /Also contains resources not created here: strangers \(hub\)/);
      await workbench.screenshot('cleanUp-azure-5-not-created-here');
      await workbench.cancel();
    });

    it('deletes all remaining resources in the second run', async () => {
      await openCleanUp(workbench);
      await toggle(workbench, 'resource group');
      await accept(workbench);
      const { text } = await workbench.dialog();
      assert.match(text, /Not created with IoT Hub Workbench on this computer: strangers/);
      await workbench.screenshot('cleanUp-azure-6-not-made-here');
      await workbench.answerDialog('Continue…');
      await step(workbench, /Type "plant" to delete it permanently/);
      await workbench.answer('plant');
      await dismissNotification(workbench, 'Clean Up: 1 resource deleted.');
      await gone(/^pumps/);
      await gone(/^strangers/);
      await onSubscription();
      await dismissNotification(workbench, 'Nothing to clean up in Local Hub.');
      assert.equal(await statusOf('/resourceGroups/plant'), 404);
    });

    it('deletes resources created on the built-in hub and keeps the hub', async () => {
      await workbench.choose(/^local-hub/, 'Register Device…');
      await answerDevice(workbench, 'valve-1');
      await shown(/^valve-1/);
      await openCleanUp(workbench);
      assert.deepEqual(
        (await listed(workbench)).map(({ text, isTicked }) => [text, isTicked]),
        [['valve-1 device on local-hub', false]],
      );
      await toggle(workbench, 'valve-1');
      await accept(workbench);
      await workbench.answerDialog('Delete');
      await dismissNotification(workbench, 'Clean Up: 1 resource deleted.');
      await gone(/^valve-1/);
    });

    it('shows its progress, can be canceled, and the next run detects what Azure completed', async () => {
      await createHub('cellar', 'pipes', 'F1');
      // The deletion does not end before it is canceled.
      await cloud.restart(['--arm-phase-ms', '600000']);
      await openCleanUp(workbench, onSubscription);
      await accept(workbench);
      await workbench.answerDialog('Continue…');
      await workbench.answer('cellar');
      await workbench.toast('Deleting 1 resource');
      // Canceled before it has the request, Azure would delete nothing.
      await workbench.until('Azure to delete', async () => {
        const { properties } = await askCloud(cloud.endpoints, 'GET', resource('/resourceGroups/cellar'));
        return properties.provisioningState === 'Deleting';
      });
      await workbench.screenshot('cleanUp-azure-7-progress');
      await workbench.answerToast('Deleting 1 resource', 'Cancel');
      await dismissNotification(workbench, '1 canceled');
      await cloud.restart([]);
      await workbench.until(
        'Azure to complete the deletion',
        async () => (await statusOf('/resourceGroups/cellar')) === 404,
      );
      await onSubscription();
      await dismissNotification(workbench, 'Nothing to clean up in Local Hub.');
      await gone(/^pipes/);
    });
  });
}
