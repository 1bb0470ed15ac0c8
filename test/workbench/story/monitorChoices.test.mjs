import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clearNotifications } from '../../host/storyWindows.mjs';
import { channel, step } from './storySteps.mjs';
import { hubString } from './hubConnections.mjs';
import { changeSettings, inStatusBar, linesOf, openLocalHub } from './monitorStory.mjs';
import { TestDevice } from './testDevice.mjs';

describe('monitor selections', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  /** @type {TestDevice[]} */
  const devices = [];
  const own = `${channel} · boiler-1, boiler-2`;
  before(async () => {
    workbench = await openLocalHub({
      label: 'monitor-choices',
      devices: ['boiler-1', 'boiler-2', 'boiler-3'],
    });
    await connect();
  });
  after(async () => {
    await disconnect();
    await workbench?.close();
  });

  const connect = async () => {
    const hub = await hubString(workbench);
    for (const id of ['boiler-1', 'boiler-2', 'boiler-3']) devices.push(await TestDevice.open(hub, id));
  };
  const disconnect = () => Promise.all(devices.splice(0).map((device) => device.close()));

  /** One message from each device. */
  const sendAll = async (n, more = {}) => {
    for (const device of devices) await device.send(n, { n, ...more });
  };
  const setting = (name) => `iotHubWorkbench.monitor.${name}`;
  /** Lines of a channel with this message number, from each device. */
  const writtenOf = (name, n) => linesOf(workbench, name, new RegExp(`"n": ?${n}\\b`));

  it('restore filter, consumer group and start position after the window is reloaded', async () => {
    await workbench.choose('Local Hub', 'Select Consumer Group…');
    await step(workbench, /Select the consumer group to monitor with/);
    await workbench.pick('Create Consumer Group…');
    await step(workbench, /Enter a name for the new consumer group/);
    await workbench.answer('kept');
    await workbench.waitForOutput(channel, /Consumer group: kept\. Start: New messages only\./);
    await workbench.choose('Local Hub', 'Start Monitoring From…');
    await step(workbench, /Select where to start/);
    await workbench.pick('Last 5 minutes');
    await workbench.waitForOutput(channel, /Consumer group: kept\. Start: Last 5 minutes\./);
    await workbench.choose('Local Hub', 'Filter Messages…');
    await step(workbench, /Filter Messages/);
    await workbench.answer('$.n>5');
    await workbench.waitForOutput(channel, 'Showing messages that match: $.n>5');
    await sendAll(3);
    await sendAll(7);
    await workbench.until('the matching messages', () => writtenOf(channel, 7).length === 3);
    assert.equal(writtenOf(channel, 3).length, 0);

    await workbench.reloadWindow();
    await workbench.openContainer('IoT Hub');
    // On a slow machine, the hub may have stopped while no window was open.
    await workbench.expand('Local Hub');
    await workbench.row(/^Local Hub.*running/).waitFor();
    await disconnect();
    await connect();
    const before = workbench.outputText(channel).length;
    await workbench.choose('Local Hub', 'Start Monitoring');
    await workbench.until('the start', () =>
      workbench.outputText(channel).slice(before).includes('--- Monitoring Local Hub'),
    );
    assert.match(
      workbench.outputText(channel).slice(before),
      /Monitoring Local Hub\. Consumer group: kept\. Start: Last 5 minutes\. Filter: \$\.n>5/,
    );
    await workbench.until('the matching messages again', () => writtenOf(channel, 7).length === 6);
    assert.equal(writtenOf(channel, 3).length, 0);
    const item = workbench.statusItem(/^\s*Local Hub \d/);
    await workbench.until('the number of hidden messages', async () =>
      /6 messages, .*3 hidden by the filter/.test(await item.locator('a').first().getAttribute('aria-label')),
    );
    await workbench.screenshot('monitor-choices-1-remembered');
  });

  it('monitor selected devices in a separate channel', async () => {
    await workbench.expand('Local Hub');
    await workbench.expand('Devices');
    await workbench.row('boiler-1').click();
    await workbench.row('boiler-2').click({ modifiers: ['ControlOrMeta'] });
    await workbench.choose('boiler-2', 'Monitor This Device');
    await workbench.waitForOutput(own, /--- Monitoring Local Hub · boiler-1, boiler-2\. Consumer group: /);
    await workbench.until('the channel', async () => (await workbench.shownChannel()) === own);
    await sendAll(11);
    await workbench.until('both devices', () => writtenOf(own, 11).length === 2);
    // Once the hub's channel has all three messages, the third would have arrived here too.
    await workbench.until('all messages', () => writtenOf(channel, 11).length === 3);
    assert.deepEqual(
      writtenOf(own, 11)
        .map((line) => line.split(' ')[1])
        .toSorted(),
      ['boiler-1', 'boiler-2'],
    );
    // It starts where the hub's monitor starts, and the filter applies only to the hub's monitor.
    await inStatusBar(workbench, /Local Hub · boiler-1, boiler-2 6\b/);
    assert.equal(writtenOf(own, 3).length, 2);
    await workbench.screenshot('monitor-choices-2-selection');
  });

  it('highlight names, strings, numbers and keywords of JSON in different colors', async () => {
    await devices[0].send(12, { n: 12, state: 'fine', isOn: true });
    await workbench.waitForOutput(own, /"state": ?"fine"/);
    const line = workbench.page.locator('.part.panel .view-line', { hasText: 'fine' }).last();
    await workbench.until('the colors', async () => {
      const spans = await line
        .locator('span[class*=mtk]')
        .evaluateAll((all) => all.map((span) => [span.textContent.trim(), getComputedStyle(span).color]));
      const colour = (text) => spans.find(([of]) => of.includes(text))?.[1];
      const colours = ['"state"', '"fine"', '12', 'true', 'boiler-1'].map(colour);
      return colours.every(Boolean) && new Set(colours).size === colours.length;
    });
  });

  for (const theme of ['dark', 'high contrast', 'light']) {
    it(`is readable in the ${theme} theme`, async () => {
      await workbench.theme(theme);
      await workbench.screenshot(`monitor-choices-3-${theme.replace(' ', '-')}`);
    });
  }

  it('rewrite the newest messages when a format setting is changed', async () => {
    await changeSettings(workbench, {
      [setting('format')]: 'template',
      [setting('template')]: '{device} says {$.n} ({contentType}, {size} B)',
    });
    await workbench.waitForOutput(own, /^boiler-1 says 11 \(application\/json, 8 B\)$/m);
    await workbench.waitForOutput(own, /^boiler-2 says 11 /m);
    await workbench.waitForOutput(own, 'The message format was changed.');
    await workbench.until('no old line on the screen', async () => {
      const text = await workbench.visibleOutput();
      return /boiler-1 says 12/.test(text) && !text.includes('"n"');
    });
    await workbench.screenshot('monitor-choices-4-template');
    await devices[1].send(13);
    await workbench.waitForOutput(own, /^boiler-2 says 13 /m);
  });

  it('report an invalid template and write one line per message', async () => {
    await changeSettings(workbench, { [setting('template')]: '{device} {nonsense}' });
    await workbench.toast('nonsense');
    await workbench.screenshot('monitor-choices-5-wrong-template');
    await workbench.until('one line per message', () => writtenOf(own, 13).length > 0);
    await clearNotifications(workbench);
  });

  it('show times in UTC or local time', async () => {
    await changeSettings(workbench, {
      [setting('template')]: '{time} {device} at {$.n}',
      [setting('timeZone')]: 'local',
    });
    // The time zone of all stories, which differs from UTC.
    await workbench.waitForOutput(own, /^\d{4}-\d\d-\d\dT[\d:.]+\+05:45 boiler-2 at 13$/m);
    await changeSettings(workbench, { [setting('timeZone')]: 'utc' });
    await workbench.waitForOutput(own, /^\d{4}-\d\d-\d\dT[\d:.]+Z boiler-2 at 13$/m);
    const time = (pattern) => Date.parse(pattern.exec(workbench.outputText(own))[1]);
    assert.equal(time(/^(\S+\+05:45) boiler-2 at 13$/m), time(/^(\S+Z) boiler-2 at 13$/m));
    await workbench.screenshot('monitor-choices-6-time-zone');
  });
});
