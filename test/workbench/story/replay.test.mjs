import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { clearNotifications } from '../../host/storyWindows.mjs';
import { channel, step } from './storySteps.mjs';
import { hubString } from './hubConnections.mjs';
import { linesOf, openLocalHub } from './monitorStory.mjs';
import { TestDevice } from './testDevice.mjs';

const { publisher, name } = createRequire(import.meta.url)('../../../package.json');

describe('recordings', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-story-replay-'));
  const csv = path.join(folder, 'boilers.csv');
  const sqlite = path.join(folder, 'boilers.sqlite');
  /** @type {TestDevice[]} */
  const devices = [];
  before(async () => {
    workbench = await openLocalHub({
      label: 'replay',
      devices: ['boiler-1', 'boiler-2', 'pump-1'],
      settings: {
        'iotHubWorkbench.monitor.format': 'template',
        'iotHubWorkbench.monitor.template': '{device} n={$.n} plant={property:plant} {contentType}',
      },
    });
    const hub = await hubString(workbench);
    for (const id of ['boiler-1', 'boiler-2']) devices.push(await TestDevice.open(hub, id));
  });
  after(async () => {
    for (const device of devices) await device.close();
    await workbench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const shown = (device) =>
    linesOf(workbench, channel, new RegExp(`^${device} n=`)).map((line) => Number(/n=(\d+)/.exec(line)[1]));
  const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const record = async (format, held) => {
    await workbench.choose('Local Hub', 'Record Messages…');
    await step(workbench, /Select a recording format/);
    await workbench.pick(format);
    if (held) {
      await step(workbench, /Select which messages to record/);
      await workbench.pick(held);
    }
  };
  const stopRecording = async () => {
    await workbench.run('IoT Hub: Stop Recording');
    return workbench.toast(/messages were recorded to/);
  };
  const clear = () => clearNotifications(workbench);
  /** The steps from the file dialog to the confirmation. */
  const replay = async ({ as, device, speed, file = csv }) => {
    await clear();
    await workbench.run('IoT Hub: Replay Recording…');
    await workbench.answerFile(file);
    await step(workbench, /Select the devices to send as\. The recording contains 2 devices/);
    await workbench.pick(as);
    if (device) {
      await step(workbench, /Enter a device ID/);
      await workbench.pick(device);
    }
    await step(workbench, /Select the replay speed/);
    await workbench.pick(speed);
    return (await workbench.dialog()).text;
  };

  it('are written as CSV by the command, which starts monitoring', async () => {
    await record('CSV');
    await workbench.screenshot('replay-1-where');
    await workbench.answerFile(csv);
    await workbench.waitForOutput(channel, `Recording messages to ${csv}.`);
    await workbench.waitForOutput(channel, /--- Monitoring Local Hub/);
    const started = Date.now();
    for (const n of numbers(1, 20)) {
      for (const device of devices) await device.send(n, { n }, { plant: 'north, "old"' });
      // The intervals, which the replay speed changes.
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, started + n * 100 - Date.now())));
    }
    await workbench.until('all messages', () => shown('boiler-2').length === 20);
    assert.match(await stopRecording(), /^40 messages were recorded to .*boilers\.csv\.$/);
    await workbench.screenshot('replay-2-recorded');
    const rows = readFileSync(csv, 'utf8').trim().split(/\r?\n/);
    assert.equal(rows.length, 41);
    assert.match(rows[0], /time.*deviceId.*body/i);
    const ofBoiler1 = rows.filter((row) => row.includes('boiler-1'));
    assert.equal(ofBoiler1.length, 20);
    assert.match(ofBoiler1[0], /north/);
  });

  it('are written as SQLite with the buffered messages, and open in the events view', async () => {
    await clear();
    await record('SQLite', 'Include the 40 messages already received');
    await workbench.answerFile(sqlite);
    await workbench.waitForOutput(channel, `Recording messages to ${sqlite}.`);
    for (const device of devices) await device.send(21, { n: 21 }, { plant: 'south' });
    await workbench.until('the new messages', () => shown('boiler-2').includes(21));
    assert.match(await stopRecording(), /^42 messages were recorded to .*boilers\.sqlite\.$/);
    assert.equal(readFileSync(sqlite).subarray(0, 15).toString(), 'SQLite format 3');
    await workbench.answerToast('messages were recorded to', 'Open in Events View');
    const page = workbench.webview(`${publisher}.${name}`);
    await page.getByRole('heading', { name: 'boilers.sqlite' }).waitFor();
    await workbench.until('all messages', async () =>
      /^42 messages/.test(await page.locator('footer').innerText()),
    );
    await workbench.screenshot('replay-3-sqlite');
    await workbench.run('View: Close All Editors');
  });

  it('open in the events view with the command', async () => {
    await workbench.run('IoT Hub: Open Recording…');
    await workbench.answerFile(csv);
    const page = workbench.webview(`${publisher}.${name}`);
    await page.getByRole('heading', { name: 'boilers.csv' }).waitFor();
    await workbench.run('View: Close All Editors');
  });

  it('report in one sentence why a file cannot be written', async () => {
    await clear();
    // For root, only the kernel's own files are read-only.
    const forbidden = process.getuid?.() === 0 ? '/sys' : path.join(folder, 'forbidden');
    if (forbidden !== '/sys') mkdirSync(forbidden);
    if (forbidden !== '/sys') chmodSync(forbidden, 0o500);
    await record('CSV', 'New messages only');
    await workbench.answerFile(path.join(forbidden, 'boilers.csv'));
    const message = await workbench.toast('cannot be written');
    assert.equal(message, 'The recording boilers.csv cannot be written: permission denied.');
    await workbench.screenshot('replay-4-refused');
    await workbench.until('no recording in the status bar', async () =>
      (await workbench.statusBar()).every((text) => !/record/i.test(text)),
    );
  });

  it('are replayed as the same devices, faster', async () => {
    for (const device of devices) await device.close();
    const question = await replay({ as: 'Recorded device IDs', speed: '10× speed' });
    assert.match(question, /Replay 40 messages to Local Hub\?/);
    assert.match(
      question,
      /Messages are sent as 2 devices\. The replay takes about 1 s\. Real devices with these IDs will be disconnected/,
    );
    await workbench.screenshot('replay-5-confirm');
    await workbench.answerDialog('Replay');
    assert.match(
      await workbench.toast(/messages were replayed in/),
      /^40 messages were replayed in \d+ s\.$/,
    );
    for (const device of ['boiler-1', 'boiler-2']) {
      await workbench.until('the messages to arrive', () => shown(device).length === 41);
      assert.deepEqual(shown(device), [...numbers(1, 21), ...numbers(1, 20)]);
    }
    assert.equal(
      linesOf(workbench, channel, /^boiler-\d n=7 plant=north, "old" application\/json$/).length,
      4,
    );
    await workbench.screenshot('replay-6-done');
  });

  it('are replayed as one other device, as fast as possible', async () => {
    const question = await replay({
      as: 'One device for all messages…',
      device: 'pump-1',
      speed: 'As fast as possible',
    });
    assert.match(question, /Messages are sent as device "pump-1"\. They are sent as fast as possible\./);
    await workbench.answerDialog('Replay');
    await workbench.toast(/^40 messages were replayed in/);
    await workbench.until('the messages to arrive', () => shown('pump-1').length === 40);
    assert.deepEqual(
      shown('pump-1').toSorted((one, other) => one - other),
      numbers(1, 20).flatMap((n) => [n, n]),
    );
  });

  it('stop being replayed when canceled, and report how many messages were replayed', async () => {
    const before = shown('pump-1').length;
    await replay({ as: 'One device for all messages…', device: 'pump-1', speed: '0.1× speed' });
    await workbench.answerDialog('Replay');
    await workbench.toast(/Replaying boilers\.csv.*\d+ of 40/);
    await workbench.until('some messages to arrive', () => shown('pump-1').length >= before + 4);
    await workbench.screenshot('replay-7-slow');
    await workbench.answerToast('Replaying boilers.csv', 'Cancel');
    const message = await workbench.toast('Replay canceled');
    const count = Number(/^Replay canceled\. (\d+) messages were replayed in/.exec(message)[1]);
    assert.ok(count >= 4 && count < 40, message);
    await workbench.until('the last messages', () => shown('pump-1').length === before + count);
    await workbench.screenshot('replay-8-canceled');
  });

  it('report which devices cannot publish before anything is sent', async () => {
    await workbench.choose('boiler-2', 'Delete Device…');
    await workbench.answerDialog('Delete');
    await workbench.until('the device to be removed', async () =>
      (await workbench.rows()).every((row) => !row.startsWith('boiler-2')),
    );
    const before = [shown('boiler-1').length, shown('boiler-2').length];
    await replay({ as: 'Recorded device IDs', speed: 'As fast as possible' });
    await workbench.answerDialog('Replay');
    await workbench.page.locator('.monaco-dialog-box', { hasText: 'cannot publish' }).waitFor();
    const { text } = await workbench.dialog();
    assert.match(
      text,
      /1 of 2 devices cannot publish\. Replay the messages of the other devices\?.*boiler-2.*are skipped\./,
    );
    await workbench.screenshot('replay-9-missing');
    await workbench.answerDialog('Replay Others');
    await workbench.toast(/^20 messages were replayed in \d+ s\. 20 messages were skipped/);
    await workbench.until('the messages to arrive', () => shown('boiler-1').length === before[0] + 20);
    assert.equal(shown('boiler-2').length, before[1]);
  });
});
