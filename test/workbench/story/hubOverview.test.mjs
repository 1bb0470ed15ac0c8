import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startFeed } from '../../bench/feed.mjs';
import { clearNotifications, startStory } from '../../host/storyWindows.mjs';
import { openWorkbenchWithCloud, requestCloud, signIn } from './azureAccount.mjs';
import { channel, settings, step } from './storySteps.mjs';
import { addHub, hubString, withoutManagement } from './hubConnections.mjs';
import { Overview } from './overviewPage.mjs';
import { publishByPanel } from './publishPanel.mjs';
import { restoredPanels } from './restoredPanels.mjs';

describe('hub overview', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  let cloud;
  let overview;
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-story-overview-'));
  /** Modifies the account as another client. */
  const arm = (method, hub, body) => {
    const { endpoints } = cloud;
    const resource = `/subscriptions/${endpoints.subscriptionId}/resourceGroups/local/providers/Microsoft.Devices/IotHubs/${hub}`;
    return requestCloud(endpoints, method, `${resource}?api-version=2023-06-30`, body);
  };
  before(async () => {
    cloud = await openWorkbenchWithCloud({
      label: 'overview',
      settings: { ...settings, 'iotHubWorkbench.localHub.dailyQuota': 20 },
    });
    workbench = cloud.workbench;
    overview = new Overview(workbench);
    await workbench.openContainer('IoT Hub');
    await workbench.expand('Local Hub');
    await workbench.expand('Devices');
  });
  after(async () => {
    await cloud?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('of the local hub', () => {
    it('opens from the context menu and shows properties, devices and usage of the hub', async () => {
      await workbench.choose('Local Hub', 'Show Hub Overview');
      await overview.page.getByRole('heading', { name: 'Local Hub', exact: true }).waitFor();
      await overview.says('Messages today', /^Messages today 0 of 20 per day Resets at 00:00 UTC, in .+/);
      await overview.says('Devices', /^Devices 0 of [\d,]+ 0 enabled, 0 disabled/);
      await overview.says('Hub', /Host name localhost:\d+ State Active Tier \w+ \(\w\d\), 1 unit Region \w+/);
      await overview.says('Event Hubs-compatible endpoint', /Partitions 4 Retention 1 day/);
      await overview.says('Network and security', /Public network access Enabled Shared access keys Enabled/);
      await overview.says(
        'Shared access policies',
        /iothubowner RegistryRead, RegistryWrite, ServiceConnect/,
      );
      await overview.says('Consumer groups', /\$Default Built-in, cannot be deleted/);
      await overview.says('Message routing', /All device messages go to the built-in endpoint/);
      assert.equal(await overview.button('Open in Azure Portal').count(), 0);
      await workbench.screenshot('overview-1-first');
    });

    it('copies values, and a connection string without passing it to the page', async () => {
      await overview.button('Copy host name').click();
      await workbench.until('the host name', async () => /^localhost:\d+$/.test(await workbench.clipboard()));
      await overview.button('Copy Event Hubs Connection String…').click();
      await workbench.until('the connection string', async () =>
        /^Endpoint=sb:.+SharedAccessKey=/.test(await workbench.clipboard()),
      );
      const key = /SharedAccessKey=([^;]+)/.exec(await workbench.clipboard())[1];
      assert.ok(key.length > 20);
      assert.equal((await overview.page.locator('html').innerHTML()).includes(key), false);
    });

    it('opens once per hub, also from the Command Palette with the keyboard', async () => {
      await workbench.press('F1');
      await workbench.quickInput.waitFor();
      await workbench.page.keyboard.type('IoT Hub: Show Hub Overview');
      await workbench.accept('IoT Hub: Show Hub Overview', { exact: true });
      await workbench.until('the page to have the focus', async () =>
        workbench.page.evaluate(() => document.activeElement?.tagName === 'IFRAME'),
      );
      assert.equal(await workbench.page.locator('.tab', { hasText: 'Overview: Local Hub' }).count(), 1);
      // VS Code handles Control+A first, and forwards it later.
      const select = async () => {
        await workbench.press('Home');
        await workbench.press('Shift+End');
      };
      await overview.tabTo('Name of the new consumer group');
      await workbench.page.keyboard.type('team a');
      await overview.says('Consumer groups', /A consumer group name can contain only letters, digits/);
      await select();
      await workbench.page.keyboard.type('$default');
      await overview.says('Consumer groups', /Consumer group "\$default" already exists/);
      await workbench.screenshot('overview-2-group');
      await select();
      await workbench.page.keyboard.type('team-a');
      await workbench.press('Enter');
      await overview.button('Delete consumer group team-a').waitFor();
      await workbench.until('the focus to stay in the page', async () =>
        (await overview.focused()).startsWith('Name of the new consumer group'),
      );
      assert.equal(await overview.field('Name of the new consumer group').inputValue(), '');
    });

    it('deletes a consumer group only after confirmation', async () => {
      await overview.button('Delete consumer group team-a').click();
      const { text } = await workbench.dialog();
      assert.match(
        text,
        /Delete consumer group "team-a" of Local Hub\?.*Applications that use this consumer group will be disconnected/,
      );
      await workbench.answerDialog('Cancel');
      await overview.button('Delete consumer group team-a').click();
      await workbench.answerDialog('Delete');
      await overview.button('Delete consumer group team-a').waitFor({ state: 'detached' });
      assert.equal(await overview.button('Delete consumer group $Default').count(), 0);
    });

    it('adds a route, and reports an invalid condition before sending it', async () => {
      await overview.button('Add Route').click();
      await overview.field('Name').fill('to monitors');
      await overview.says('Message routing', /A route name can contain only letters, digits/);
      await overview.field('Name').fill('to-monitors');
      await overview.field('Condition').fill("level == 'storage'");
      await overview.says('Message routing', /Use "=" instead of "=="/);
      assert.equal(await overview.button('Add').isDisabled(), true);
      await workbench.screenshot('overview-3-route');
      await overview.field('Condition').fill("level = 'storage'");
      await overview.button('Add').click();
      await overview.page
        .getByRole('row', { name: /to-monitors Device Telemetry Messages level = 'storage' events Yes/ })
        .waitFor();
      await overview.says('Message routing', /Messages that match no route go to the built-in endpoint/);
    });

    it('disables the fallback route after a confirmation that explains the effect on messages', async () => {
      const fallback = () => overview.page.getByRole('checkbox', { name: /Fallback route/ });
      await fallback().click();
      const { text } = await workbench.dialog();
      assert.match(text, /Disable the fallback route of Local Hub\?.*match no route are dropped/);
      await workbench.answerDialog('Cancel');
      await workbench.until('the checkbox to be selected', async () => fallback().isChecked());
      await fallback().click();
      await workbench.answerDialog('Disable');
      await overview.says('Message routing', /Disabled: messages that match no route are dropped/);
      await overview.button('Delete route to-monitors').click();
      assert.match((await workbench.dialog()).text, /that match no other route are dropped/);
      await workbench.answerDialog('Delete');
      await overview.says('Message routing', /monitoring receives no device messages.*No routes/);
      assert.equal(await fallback().isChecked(), false);
      await workbench.screenshot('overview-4-fallback');
    });

    it('counts a dropped message', async () => {
      await workbench.choose('Devices', 'Register Device…');
      await step(workbench, /Register Device/);
      await workbench.answer('boiler-1');
      await workbench.pick('Keys generated by the hub');
      await workbench.row('boiler-1').waitFor();
      const panel = await publishByPanel(workbench, 'boiler-1', 'boiler-1', '{"n": 1}');
      await panel.newest(/Acknowledged/);
      await overview.toFront('Local Hub');
      await overview.refresh();
      await overview.says('Messages today', /1 of 20 per day/);
      await overview.says('Devices', /1 of .+ 1 enabled, 0 disabled/);
      await overview.says('Connected devices', /of 1/);
      assert.equal(await overview.meter('Messages today').getAttribute('aria-valuetext'), '1 of 20');
      assert.match(await overview.meter('Devices').getAttribute('aria-valuetext'), /^1 of [\d,]+$/);
      assert.match(await overview.meter('Connected devices').getAttribute('aria-valuetext'), /^[01] of 1$/);
      await overview.says('Message routing', /monitoring receives no device messages/);
      await overview.page.getByRole('checkbox', { name: /Fallback route/ }).check();
      await overview.says('Message routing', /All device messages go to the built-in endpoint/);
    });

    it('warns when most of the quota is used, and reports when it is exceeded', async () => {
      const connectionString = await hubString(workbench);
      const feed = (perSecond) =>
        startFeed(folder, { connectionString, prefix: 'feed', devices: 1, perSecond, seconds: 1 });
      await (
        await feed(16)
      ).done;
      await overview.refresh();
      await overview.says('Messages today', /17 of 20 per day Only 3 messages left today/);
      await workbench.screenshot('overview-5-warning');
      await (
        await feed(3)
      ).done;
      await overview.refresh();
      await overview.says(
        'Messages today',
        /20 of 20 per day Daily quota exceeded\. The hub rejects device messages/,
      );
      await workbench.screenshot('overview-6-used-up');
    });

    it('reports the exceeded quota immediately when publishing', async () => {
      const panel = await publishByPanel(workbench, 'boiler-1', 'boiler-1', '{"n": 2}');
      await panel.newest(/Failed: The hub is temporarily unavailable, or its quota is exceeded/);
      await workbench.screenshot('overview-7-refused');
    });

    it('reports the exceeded quota in the diagnosis, with the time when messages are accepted again', async () => {
      await workbench.choose('Local Hub', 'Start Monitoring');
      await workbench.waitForOutput(channel, /--- Monitoring Local Hub/);
      await workbench.choose('Local Hub', 'Why No Messages?');
      await workbench.toast('The daily message quota is exceeded (20 of 20 messages)');
      await workbench.waitForOutput(
        channel,
        /✗ The daily message quota is exceeded .*\. The hub accepts messages again at \S+T00:00Z, or after you add units\./,
      );
      await workbench.screenshot('overview-7-why');
      await workbench.choose('Local Hub', 'Stop Monitoring');
      await clearNotifications(workbench);
    });

    it('shows what a connection string provides, and what signing in would add', async () => {
      await addHub(workbench, withoutManagement(await hubString(workbench)), 'plain');
      await workbench.choose(/^plain/, 'Show Hub Overview');
      await overview.says('Hub', /Host name localhost .*Shared access policy iothubowner/);
      await overview.says('Devices', /2 registered 2 enabled, 0 disabled/);
      await overview.page.getByText('This hub was added with a connection string.').waitFor();
      await overview.button('Sign In').waitFor();
      assert.equal(await overview.part('Message routing').count(), 0);
      await workbench.screenshot('overview-8-connection-string');
      await workbench.choose(/^plain/, 'Remove Hub…');
      await workbench.answerDialog('Remove');
      await overview.page.getByText('Hub "plain" no longer exists').waitFor();
      await workbench.press('Control+F4');
      await overview.toFront('Local Hub');
    });

    it('reports that the hub was stopped, starts it and continues', async () => {
      await workbench.run('IoT Hub: Stop Local Hub');
      await overview.page.getByText('Local Hub is stopped.').waitFor();
      assert.equal(await overview.part('Messages today').count(), 0);
      await workbench.screenshot('overview-8-stopped');
      await overview.button('Start Local Hub').click();
      await overview.says('Hub', /State Active/);
      await overview.says('Devices', /^Devices 2 of \d/);
    });
  });

  describe('of a hub of an Azure account', () => {
    before(async () => {
      await startStory(workbench);
      await workbench.collapse('Local Hub');
      const made = await arm('PUT', 'factory', {
        location: 'local',
        sku: { name: 'F1', capacity: 1 },
        properties: { disableLocalAuth: true, publicNetworkAccess: 'Enabled' },
      });
      assert.equal(made.status, 201, made.text);
      await workbench.until('the second hub', async () =>
        /"state":\s*"Active"/.test((await arm('GET', 'factory')).text),
      );
      await signIn(workbench);
      await workbench.expand(/^Local Hub$/);
      await workbench.row(/^factory/).waitFor();
    });

    it('copies the connection string of a policy without passing it to the page', async () => {
      await workbench.choose(/^local-hub/, 'Show Hub Overview');
      await overview.says('Shared access policies', /registryRead RegistryRead/);
      await overview.says('Hub', /Subscription Local Hub Subscription ID 00000000-/);
      await overview.button('Copy connection string of registryRead').click();
      await workbench.until('the connection string', async () =>
        /^HostName=localhost:\d+;SharedAccessKeyName=registryRead;SharedAccessKey=/.test(
          await workbench.clipboard(),
        ),
      );
      await overview.button('Copy Event Hubs Connection String…').click();
      await step(workbench, /least-privileged policy/);
      await workbench.pick('service');
      await workbench.until('the Event Hubs string', async () =>
        /^Endpoint=sb:.+SharedAccessKeyName=service;SharedAccessKey=/.test(await workbench.clipboard()),
      );
      assert.doesNotMatch(await overview.page.locator('html').innerHTML(), /SharedAccessKey=/);
      await workbench.screenshot('overview-10-azure');
    });

    it('shows custom endpoints without their keys, and adds a route to one', async () => {
      const connectionString =
        'DefaultEndpointsProtocol=https;AccountName=plant;AccountKey=c2VjcmV0;EndpointSuffix=example.com';
      const archive = { name: 'archive', containerName: 'messages', connectionString };
      const put = await arm('PUT', 'local-hub', {
        location: 'local',
        sku: { name: 'S1', capacity: 1 },
        properties: { routing: { endpoints: { storageContainers: [archive] } } },
      });
      assert.equal(put.status, 200, put.text);
      await overview.refresh();
      await overview.page
        .getByRole('row', { name: /archive Storage container plant\.blob\.example\.com\S* Key/ })
        .waitFor();
      await overview.button('Add Route').click();
      await overview.field('Name').fill('cold');
      await overview.field('Condition').fill('true');
      await overview.field('Endpoint').selectOption('archive');
      await overview.button('Add').click();
      await overview.page
        .getByRole('row', { name: /cold Device Telemetry Messages true archive Yes/ })
        .waitFor();
      assert.doesNotMatch(await overview.page.locator('html').innerHTML(), /c2VjcmV0|AccountKey/);
      await workbench.screenshot('overview-10-endpoints');
    });

    it('shows the quota of a free hub, and that local authentication is disabled', async () => {
      await workbench.choose(/^factory/, 'Show Hub Overview');
      await overview.says('Messages today', /0 of 8,000 per day.*in units of 512 B/);
      await overview.says('Devices', /0 of 500/);
      await overview.says('Network and security', /Shared access keys Disabled \(Microsoft Entra ID only\)/);
      await overview.says(
        'Shared access policies',
        /keys are disabled\. The hub accepts only Microsoft Entra ID/,
      );
      assert.equal(await overview.button('Copy connection string of service').count(), 0);
      await workbench.screenshot('overview-11-keys-off');
    });

    it('reports that the hub was deleted meanwhile', async () => {
      await arm('DELETE', 'factory');
      await workbench.until(
        'ARM to have deleted it',
        async () => (await arm('GET', 'factory')).status === 404,
      );
      await overview.button('Refresh').click();
      await overview.page.getByText('Hub "factory" no longer exists').waitFor();
      await workbench.screenshot('overview-12-gone');
    });
  });

  restoredPanels(() => workbench);
});
