import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clearNotifications } from '../../host/storyWindows.mjs';
import { succeeds } from '../../host/workbenchWindow.mjs';
import { askCloud, openWorkbenchWithCloud } from './azureAccount.mjs';
import { answerDevice, rowLike, settings, step } from './storySteps.mjs';
import { inStatusBar } from './monitorStory.mjs';
import { PublishPanel } from './publishPanel.mjs';

const command = 'IoT Hub: Create Hub…';
const subscription = /^Local Hub$/;
/** The first hub, in the text of its row; the names of others begin with its name. */
const firstHub = /^\s*story-hub(?!-)/;

/** Waits for a step and accepts the suggested value with Enter. */
async function take(workbench, wanted) {
  await step(workbench, wanted);
  await workbench.quickInput.press('Enter');
}

/** Waits for a list and clicks a row. */
async function choose(workbench, wanted, text) {
  await step(workbench, wanted);
  await workbench.pick(text);
}

const message = async (workbench, pattern) =>
  workbench.until(`the message ${pattern}`, async () =>
    pattern.test((await workbench.quickInputText()).message),
  );

describe('Create Hub and Delete Hub', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  let cloud;
  const shown = (pattern) => workbench.until(String(pattern), rowLike(workbench, pattern));
  const gone = (pattern) =>
    workbench.until(`${pattern} to be removed`, async () => !(await rowLike(workbench, pattern)()));
  const hubResource = (group, hub) =>
    `/subscriptions/${cloud.endpoints.subscriptionId}/resourceGroups/${group}/providers/Microsoft.Devices/IotHubs/${hub}?api-version=2023-06-30`;
  const picture = (name) => workbench.screenshot(`createHub-${name}`);
  const clearToasts = () => clearNotifications(workbench);

  before(async () => {
    cloud = await openWorkbenchWithCloud({
      label: 'createHub',
      settings,
      cloud: ['--arm-unregistered', '--arm-phase-ms', '1500'],
    });
    workbench = cloud.workbench;
    await workbench.openContainer('IoT Hub');
    await workbench.row(/^Sign In to Local Cloud/).waitFor();
  });
  after(() => cloud?.close());

  it('offers to sign in and continues afterwards', async () => {
    await workbench.run(command);
    await workbench.toast('Sign in to Azure to create a hub');
    await picture('01-sign-in');
    await workbench.answerToast('Sign in to Azure to create a hub', 'Sign In…');
    await workbench.answerDialog('Allow');
    await workbench.row('ann@localhost').waitFor();
  });

  it('asks once to register the resource provider before the first step', async () => {
    const { text } = await workbench.dialog();
    assert.match(text, /Register the resource provider Microsoft\.Devices in subscription "Local Hub"\?/);
    await picture('02-register');
    await workbench.answerDialog('Register');
    await step(workbench, /Create Hub \(1\/\d+\) Select a resource group/);
    await picture('03-group');
  });

  it('checks the name of a new resource group during typing', async () => {
    await workbench.press('Enter');
    await step(workbench, /Name of the new resource group/);
    await workbench.quickInput.fill('my group');
    await message(workbench, /A resource group name cannot contain spaces/);
    await workbench.quickInput.fill('local');
    await message(workbench, /"local" already exists/);
    await picture('04-group-name');
    await workbench.answer('story');
  });

  it('shows the rules for the hub name, then checks its availability, and waits for the result on Enter', async () => {
    await step(workbench, /Name of the hub/);
    await workbench.quickInput.fill('no_good');
    await message(workbench, /A hub name cannot contain "_"/);
    await workbench.quickInput.fill('local-hub');
    await message(workbench, /'local-hub' is not available/);
    await picture('05-name-taken');
    await workbench.press('Enter');
    assert.equal((await workbench.quickInputText()).value, 'local-hub');
    await workbench.quickInput.fill('story-hub');
    await message(workbench, /"story-hub" is available/);
    await picture('06-name-available');
    await workbench.press('Enter');
  });

  it('offers only regions that support IoT Hub, the nearest first and labeled as an estimate', async () => {
    await step(workbench, /Select a region/);
    const rows = await workbench.picks();
    assert.ok(
      rows.some((row) => row.startsWith('East Local')),
      rows.join('\n'),
    );
    assert.ok(!rows.some((row) => /No Hubs|Anywhere/.test(row)), rows.join('\n'));
    await workbench.page
      .locator('.quick-input-widget', { hasText: 'estimated from your time zone' })
      .waitFor();
    await picture('07-region');
    await workbench.pick('East Local');
  });

  it('marks the free tier and skips steps that it determines', async () => {
    await step(workbench, /Select a tier/);
    assert.match((await workbench.picks())[0], /^F1 free/);
    await picture('08-tier');
    await workbench.press('Enter');
    await step(workbench, /\(6\/8\) Select public network access/);
    await picture('09-public-access');
    await workbench.press('Enter');
    await step(workbench, /\(7\/8\) Select whether to allow shared access keys/);
    await picture('10-local-auth');
  });

  it('goes back and forth and keeps each answer', async () => {
    const back = () =>
      workbench.page.locator('.quick-input-titlebar .action-label[aria-label^="Back"]').click();
    for (const wanted of [/public network access/, /Select a tier/, /Select a region/]) {
      await back();
      await step(workbench, wanted);
    }
    const active = workbench.page.locator('.quick-input-widget .monaco-list-row.focused');
    assert.match(await active.innerText(), /East Local/);
    await back();
    await step(workbench, /Name of the hub/);
    assert.equal((await workbench.quickInputText()).value, 'story-hub');
    await message(workbench, /is available/);
    await back();
    await step(workbench, /Name of the new resource group/);
    assert.equal((await workbench.quickInputText()).value, 'story');
    for (const wanted of [
      /new resource group/,
      /Name of the hub/,
      /Select a region/,
      /Select a tier/,
      /public network access/,
      /shared access keys/,
    ]) {
      await take(workbench, wanted);
    }
  });

  it('shows a summary and restores the draft after Escape', async () => {
    await step(workbench, /\(8\/8\) Review and create/);
    const rows = await workbench.picks();
    assert.match(rows[0], /^Create hub "story-hub" free$/);
    assert.ok(rows.includes('Resource group story (new)'), rows.join('\n'));
    await picture('11-review');
    await workbench.cancel();
    await workbench.run(command);
    await step(workbench, /You have an unfinished Create Hub draft/);
    await picture('12-continue');
    await workbench.press('Enter');
    await step(workbench, /new resource group/);
    await workbench.press('Enter');
    await step(workbench, /Review and create/);
  });

  it('changes one value and returns to the summary', async () => {
    await workbench.pick('Region of the resource group');
    await choose(workbench, /Select the region of the resource group/, 'West Local');
    await step(workbench, /Review and create/);
    assert.ok((await workbench.picks()).includes('Region of the resource group West Local'));
    await workbench.pick('Public network access');
    await take(workbench, /Select public network access/);
    await step(workbench, /Review and create/);
  });

  it('creates the group and the hub, reveals the hub in the tree and offers next steps', async () => {
    await workbench.press('Enter');
    await workbench.until('the progress', async () =>
      (await workbench.toasts()).some((text) => /Creating hub "story-hub"/.test(text)),
    );
    await picture('14-progress');
    await workbench.expand(subscription);
    await shown(/^story-hub .*creating…/);
    await picture('15-being-created');
    await workbench.toast('Hub "story-hub" is ready in East Local (F1, free).');
    await shown(/^story-hub story · eastlocal · F1 free$/);
    await picture('16-ready');
    const { subscriptionId } = cloud.endpoints;
    const group = await askCloud(
      cloud.endpoints,
      'GET',
      `/subscriptions/${subscriptionId}/resourcegroups/story?api-version=2025-04-01`,
    );
    assert.equal(group.location, 'westlocal');
  });

  it('registers a device on the new hub and monitors its messages', async () => {
    await workbench.answerToast('is ready in East Local', 'Register Device…');
    await answerDevice(workbench, 'boiler-1');
    await shown(/^boiler-1/);
    await workbench.choose(/^story-hub/, 'Start Monitoring');
    await workbench.waitForOutput('IoT Hub: story-hub', /--- Monitoring story-hub/);
    await workbench.choose('boiler-1', 'Publish Message…');
    const panel = new PublishPanel(workbench);
    await panel.type('{"pressure": 2.5}');
    await panel.send();
    await panel.newest(/Arrived/);
    await workbench.waitForOutput('IoT Hub: story-hub', /"pressure": 2\.5/);
    await picture('17-message');
    await clearToasts();
  });

  it('names the existing free hub before a second one is requested', async () => {
    await workbench.choose(subscription, 'Create Hub…');
    await choose(workbench, /Select a resource group/, 'story');
    await step(workbench, /Name of the hub/);
    // Enter is pressed before the availability is known, and waits for it.
    await workbench.answer('story-hub-2');
    await choose(workbench, /Select a region/, 'No Capacity Local');
    await step(workbench, /Select a tier/);
    const rows = await workbench.picks();
    assert.match(rows[0], /^F1 free · already used in this subscription/);
    await picture('18-free-taken');
    await workbench.pick('F1');
    await workbench.toast('free hub is already used by "story-hub" in resource group "story"');
    await step(workbench, /Select a tier/);
  });

  it('asks for units, partitions and retention of a paid hub, within their ranges', async () => {
    await workbench.pick('S1');
    await step(workbench, /Number of units/);
    await workbench.answer('201');
    await message(workbench, /from 1 to 200/);
    await picture('19-units');
    await workbench.answer('1');
    await step(workbench, /Partitions of the built-in endpoint/);
    assert.equal((await workbench.quickInputText()).value, '4');
    await workbench.answer('1');
    await message(workbench, /from 2 to 32/);
    await picture('20-partitions');
    await workbench.answer('2');
    await take(workbench, /Retention of the built-in endpoint/);
    await take(workbench, /Select public network access/);
    await take(workbench, /allow shared access keys/);
    await step(workbench, /Review and create/);
    assert.match((await workbench.picks())[0], /billed from creation/);
    await picture('21-review-paid');
  });

  it('reopens at the region step with all answers after the region was rejected', async () => {
    await workbench.press('Enter');
    await workbench.toast('The region currently has no capacity for new hubs of this tier');
    await picture('22-region-full');
    await gone(/^story-hub-2/);
    await workbench.answerToast('The region currently has no capacity', 'Change and Try Again');
    await step(
      workbench,
      /No Capacity Local currently has no capacity for new hubs of this tier\. Select another region\./,
    );
    const focused = workbench.page.locator('.quick-input-widget .monaco-list-row.focused');
    assert.doesNotMatch(await focused.innerText(), /No Capacity/);
    await picture('23-region-again');
    await workbench.pick('North Local');
    await step(workbench, /Review and create/);
    const rows = await workbench.picks();
    for (const line of ['Name story-hub-2', 'Region North Local', 'Partitions 2']) {
      assert.ok(rows.includes(line), rows.join('\n'));
    }
    await workbench.press('Enter');
    await workbench.toast('Hub "story-hub-2" is ready in North Local (S1).');
    await clearToasts();
  });

  it('reports at the name step that the name was taken meanwhile, and keeps all other answers', async () => {
    await workbench.run(command);
    await choose(workbench, /Select a resource group/, 'story');
    await step(workbench, /Name of the hub/);
    await workbench.answer('story-hub-3');
    await step(workbench, /Select a region/);
    assert.match((await workbench.picks())[0], /^North Local/);
    await workbench.page.locator('.quick-input-widget', { hasText: 'Last used' }).waitFor();
    await workbench.press('Enter');
    await choose(workbench, /Select a tier/, 'S1');
    for (const wanted of [/units/, /Partitions/, /in days/, /public network access/, /shared access keys/]) {
      await take(workbench, wanted);
    }
    await step(workbench, /Review and create/);
    const group = cloud.endpoints.resourceGroup;
    const body = { location: 'local', sku: { name: 'S1', capacity: 1 } };
    await askCloud(cloud.endpoints, 'PUT', hubResource(group, 'story-hub-3'), body);
    await workbench.press('Enter');
    await workbench.toast('The name is not available');
    await workbench.answerToast('The name is not available', 'Change and Try Again');
    await step(workbench, /Name of the hub|The name is not available/);
    await message(workbench, /The name is not available/);
    assert.equal((await workbench.quickInputText()).value, 'story-hub-3');
    await picture('24-name-again');
    await workbench.cancel();
    await clearToasts();
  });

  it('keeps all answers when the session expires, and continues after signing in again', async () => {
    await workbench.run('Test Account: Let Sessions Expire');
    await workbench.run(command);
    await take(workbench, /You have an unfinished Create Hub draft/);
    await workbench.toast('Sign in again as ann@localhost to continue.');
    await picture('25-session-ended');
    await workbench.answerToast('Sign in again as', 'Sign In');
    await workbench.answerDialog('Allow');
    await step(workbench, /Review and create/);
    assert.ok((await workbench.picks()).includes('Name story-hub-3'));
  });

  it('reports after cancellation that Azure continues, and the hub is created', async () => {
    await choose(workbench, /Review and create/, 'Name');
    await step(workbench, /Name of the hub/);
    await workbench.quickInput.fill('story-hub-4');
    await message(workbench, /"story-hub-4" is available/);
    await workbench.press('Enter');
    await choose(workbench, /Review and create/, 'Public network access');
    await choose(workbench, /Select public network access/, 'Disabled');
    await choose(workbench, /Review and create/, 'Shared access keys');
    await choose(workbench, /allow shared access keys/, 'Disabled');
    await step(workbench, /Review and create/);
    await picture('26-review-again');
    // The creation does not end before it is canceled.
    await cloud.restart(['--arm-phase-ms', '600000']);
    await workbench.press('Enter');
    await workbench.until('the progress', async () =>
      (await workbench.toasts()).some((text) => /Creating hub "story-hub-4"/.test(text)),
    );
    // Canceled before it has the request, Azure would create nothing.
    const { endpoints } = cloud;
    const created = hubResource('story', 'story-hub-4');
    await workbench.until('Azure to have the request', () => succeeds(askCloud(endpoints, 'GET', created)));
    await workbench.answerToast('Creating hub "story-hub-4"', 'Cancel');
    await workbench.toast('Azure continues to create hub "story-hub-4"');
    await picture('27-canceled');
    await cloud.restart(['--arm-phase-ms', '1500']);
    await workbench.answerToast('continues to create', 'Refresh');
    await workbench.until('the hub to be ready', async () => {
      await workbench.choose(subscription, 'Refresh');
      return rowLike(workbench, /^story-hub-4 story · northlocal · S1$/)();
    });
    const { properties } = await askCloud(endpoints, 'GET', created);
    assert.equal(properties.publicNetworkAccess, 'Disabled');
    assert.equal(properties.disableLocalAuth, true);
    await clearToasts();
  });

  it('lists what Delete Hub deletes, and does nothing on Cancel', async () => {
    // Deleting the hub must not break its monitor and its publish panel.
    await inStatusBar(workbench, /^story-hub 1\b/);
    await workbench.choose(firstHub, 'Delete Hub…');
    const { text } = await workbench.dialog();
    assert.match(text, /Delete hub "story-hub"\?/);
    assert.match(text, /1 device with keys and twin, the messages of the last day/);
    assert.match(text, /may not be available again for a while/);
    await workbench.screenshot('deleteHub-1-question');
    await workbench.answerDialog('Cancel');
    assert.deepEqual(await workbench.toasts(), []);
    await shown(firstHub);
  });

  it('deletes the hub only when its name is entered', async () => {
    await workbench.choose(firstHub, 'Delete Hub…');
    await workbench.answerDialog('Delete…');
    await step(workbench, /Type "story-hub" to delete/);
    await workbench.answer('Story-Hub');
    await message(workbench, /Type "story-hub" exactly/);
    await workbench.screenshot('deleteHub-2-name');
    await workbench.answer('story-hub');
    await workbench.toast('Hub "story-hub" was deleted.');
    await gone(firstHub);
    await workbench.screenshot('deleteHub-3-deleted');
  });

  it('shows at most one message in the monitor and panel of the deleted hub', async () => {
    const panel = new PublishPanel(workbench);
    await panel.type('{"pressure": 1}');
    await panel.send();
    await panel.newest(/Failed/);
    await workbench.screenshot('deleteHub-4-panel');
    assert.doesNotMatch(workbench.outputText('IoT Hub Workbench'), /TypeError|Cannot read prop/);
    assert.doesNotMatch((await workbench.toasts()).join('\n'), /See the log for details/);
    await clearToasts();
  });

  it('reports the lock that prevents the deletion of a hub', async () => {
    await workbench.choose(/^local-hub/, 'Delete Hub…');
    await workbench.answerDialog('Delete…');
    await step(workbench, /Type "local-hub" to delete/);
    await workbench.answer('local-hub');
    await workbench.toast('A lock on');
    await workbench.screenshot('deleteHub-5-locked');
    await shown(/^local-hub/);
  });
});
