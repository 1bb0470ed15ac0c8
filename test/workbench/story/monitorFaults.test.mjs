import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clearNotifications } from '../../host/storyWindows.mjs';
import { channel, step } from './storySteps.mjs';
import { eventsString, hubString } from './hubConnections.mjs';
import { hubProcess, inStatusBar, linesOf, openLocalHub, takeOver } from './monitorStory.mjs';
import { TestDevice } from './testDevice.mjs';

describe('monitor that loses its hub or consumer group', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  /** @type {TestDevice} */
  let device;
  let other;
  before(async () => {
    workbench = await openLocalHub({
      label: 'monitor-faults',
      devices: ['boiler-1'],
      settings: {
        'iotHubWorkbench.monitor.format': 'template',
        'iotHubWorkbench.monitor.template': '{device} place={partition}/{sequenceNumber} n={$.n}',
      },
    });
    await workbench.choose('Local Hub', 'Start Monitoring');
    await workbench.waitForOutput(channel, /--- Monitoring Local Hub/);
    device = await TestDevice.open(await hubString(workbench), 'boiler-1');
  });
  after(async () => {
    await other?.close();
    await device?.close();
    await workbench?.close();
  });

  const shown = () =>
    linesOf(workbench, channel, /^boiler-1 /).map((line) => {
      const [, place, n] = /place=(\S+) n=(\d+)$/.exec(line);
      return { place, n: Number(n) };
    });
  /** Checks that all acknowledged messages are shown, each once. */
  const assertComplete = async (acknowledged) => {
    await workbench.until('all acknowledged messages', () => {
      const numbers = new Set(shown().map(({ n }) => n));
      return acknowledged.every((n) => numbers.has(n));
    });
    const places = shown().map(({ place }) => place);
    assert.equal(new Set(places).size, places.length, 'a message is shown twice');
  };

  it('reports immediately that the hub process ended, and retries', async () => {
    const sending = device.sendSteadily(1, 10);
    await workbench.until('messages', () => shown().length >= 100);
    process.kill(hubProcess(workbench), 'SIGKILL');
    await inStatusBar(workbench, /^Local Hub \d+ · reconnecting$/);
    await workbench.waitForOutput(channel, /(Reconnecting|Retrying)…$/m);
    await sending.stop();
    await workbench.toast('The local hub stopped: its process ended unexpectedly');
    const item = workbench.statusItem('reconnecting');
    await workbench.until('the reason', async () =>
      /(Reconnecting|Retrying)\./.test(await item.locator('a').first().getAttribute('aria-label')),
    );
    await workbench.screenshot('monitor-faults-1-gone');
  });

  it('continues after the hub restarts, without missing or duplicate messages', async () => {
    const before = [...device.acknowledged];
    assert.ok(before.length >= 100);
    await workbench.answerToast('The local hub stopped: its process ended unexpectedly', 'Restart');
    await workbench.waitForOutput(channel, /--- Reconnected\.$/m, 60_000);
    device = await TestDevice.open(await hubString(workbench), 'boiler-1');
    for (let n = 10_001; n <= 10_050; n++) await device.send(n);
    await assertComplete([...before, ...device.acknowledged]);
    const count = shown().length;
    await inStatusBar(workbench, new RegExp(`^Local Hub ${count}\\b`));
    await workbench.screenshot('monitor-faults-2-again');
  });

  it('reports that another reader took over the consumer group, and offers a dedicated one', async () => {
    await clearNotifications(workbench);
    other = await takeOver(await eventsString(workbench));
    await workbench.toast('Another reader took over this consumer group');
    await workbench.waitForOutput(channel, /--- Monitoring stopped: Another reader took over/);
    await inStatusBar(workbench, /^Local Hub \d+ · stopped$/);
    await workbench.screenshot('monitor-faults-3-conflict');
    // Meanwhile messages arrive that are not shown here.
    for (let n = 20_001; n <= 20_020; n++) await device.send(n);
    await workbench.answerToast('Another reader took over', 'Select Consumer Group…');
    await step(workbench, /Select the consumer group to monitor with/);
    await workbench.pick('Create Consumer Group…');
    await step(workbench, /Enter a name for the new consumer group/);
    await workbench.answer('mine');
    await workbench.waitForOutput(
      channel,
      /--- Monitoring Local Hub\. Consumer group: mine\. Start: After the last message\./,
    );
    for (let n = 20_021; n <= 20_040; n++) await device.send(n);
    await assertComplete(device.acknowledged);
    await workbench.screenshot('monitor-faults-4-own-group');
  });

  it('reports the other reader in the diagnosis while monitoring is stopped', async () => {
    await workbench.choose('Local Hub', 'Select Consumer Group…');
    await step(workbench, /Select the consumer group to monitor with/);
    await workbench.pick('$Default');
    await workbench.toast('Another reader');
    await clearNotifications(workbench);
    await workbench.choose('Local Hub', 'Why No Messages?');
    const message = await workbench.toast('Another reader');
    assert.match(message, /Consumer group "\$Default" cannot be used/);
    await workbench.waitForOutput(channel, /✗ Consumer group "\$Default" cannot be used: Another reader/);
    await workbench.screenshot('monitor-faults-5-why');
    await other.close();
    other = undefined;
  });

  it('deletes a consumer group after confirmation, and continues with $Default', async () => {
    await clearNotifications(workbench);
    await workbench.choose('Local Hub', 'Select Consumer Group…');
    await step(workbench, /Select the consumer group to monitor with/);
    await workbench.pick('mine');
    await workbench.waitForOutput(channel, /Consumer group: mine\.[^]*Consumer group: mine\./);
    const remove = async (answer) => {
      await workbench.run('IoT Hub: Delete Consumer Group…');
      await workbench.until('a question', async () => {
        const { placeholder } = await workbench.quickInputText();
        if (/Select a hub/.test(placeholder)) await workbench.pick('Local Hub');
        return /Select a consumer group/.test(placeholder);
      });
      await workbench.pick('mine');
      const { text } = await workbench.dialog();
      assert.match(text, /Delete consumer group "mine" of Local Hub\?/);
      assert.match(
        text,
        /Applications that use this consumer group will be disconnected\. Messages are not deleted\./,
      );
      await workbench.screenshot('monitor-faults-6-delete');
      await workbench.answerDialog(answer);
    };
    await remove('Cancel');
    await device.send(30_001);
    await assertComplete([30_001]);
    await remove('Delete');
    await workbench.waitForOutput(
      channel,
      /Consumer group "mine" was deleted\.[^]*Monitoring Local Hub\. Consumer group: \$Default\. Start: After the last message\./,
    );
    await device.send(30_002);
    await assertComplete([30_002]);
    await workbench.screenshot('monitor-faults-7-deleted');
  });
});
