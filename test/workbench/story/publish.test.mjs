import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'mqtt';
import { channel, copied, savedFile, step } from './storySteps.mjs';
import { openLocalHub } from './monitorStory.mjs';
import { PublishPanel } from './publishPanel.mjs';

describe('publish panel (mouse)', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  /** @type {PublishPanel} */
  let panel;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'iot-hub-story-publish-'));
  before(async () => {
    const devices = ['boiler-1', 'boiler-2', 'boiler-3'];
    workbench = await openLocalHub({
      label: 'publish',
      settings: { 'iotHubWorkbench.monitor.format': 'pretty' },
      folder,
      devices,
    });
    panel = new PublishPanel(workbench);
  });
  after(() => workbench?.close());

  it('opens from a device and shows the connection details', async () => {
    await workbench.inlineAction('boiler-1', 'Publish Message');
    await panel.waitFor('boiler-1');
    assert.equal(await panel.connectionDetail('Host'), 'localhost');
    assert.match(await panel.connectionDetail('Username'), /^localhost\/boiler-1\/\?api-version=/);
    assert.match(
      await panel.connectionDetail('Topic'),
      /^devices\/boiler-1\/messages\/events\/\$\.ct=application%2Fjson&\$\.ce=utf-8&\$\.mid=/,
    );
    assert.match(await panel.connectionDetail('Password'), /^SAS token, valid for 10 minutes/);
    await workbench.screenshot('publish-1-open');
  });

  it('sends a message that is acknowledged and arrives at its partition with its properties', async () => {
    await workbench.choose('Local Hub', 'Start Monitoring');
    await workbench.waitForOutput(channel, /---/);
    await workbench.run('View: Toggle Panel Visibility');
    await workbench.run('IoT Hub: Toggle Message Properties');
    await panel.type('{\n  "pressure": 2.50,\n  "unit": "bar"\n}');
    await panel.button('Add Property').click();
    await panel.page.getByLabel('Name of property 1').fill('größe & mehr');
    await panel.page.getByLabel('Value of property 1').fill('50 % = ½ 😀 #+/');
    await panel.field('Correlation ID').fill('batch-7');
    await panel.send();
    const line = await panel.newest(/Acknowledged after .* Arrived at partition \d after/);
    assert.match(
      line,
      /boiler-1 .* B .*Acknowledged after [\d.,]+ ms · Arrived at partition \d after [\d,]+ ms/,
    );
    const text = await workbench.waitForOutput(channel, 'größe & mehr: 50 % = ½ 😀 #+/');
    assert.match(text, /"pressure": 2\.50/);
    assert.match(text, /batch-7/);
    await workbench.screenshot('publish-3-arrived');
  });

  it('copies the message as a command that runs unchanged in a shell', async () => {
    await panel.page.getByRole('button', { name: 'Copy message as command or code' }).click();
    const command = await copied(workbench, /^mosquitto_pub/);
    const before = workbench.outputText(channel).split('größe & mehr: 50 % = ½ 😀 #+/').length;
    const sent = spawnSync('sh', ['-c', command], { encoding: 'utf8', timeout: 15_000 });
    assert.equal(sent.status, 0, sent.stderr);
    await workbench.until(
      'the message of mosquitto_pub',
      () => workbench.outputText(channel).split('größe & mehr: 50 % = ½ 😀 #+/').length > before,
    );
  });

  it('copies a token without passing it to the page', async () => {
    await panel.button('Copy Password').click();
    const token = await copied(workbench, /^SharedAccessSignature/);
    assert.match(token, /sr=localhost%2Fdevices%2Fboiler-1&sig=/);
    const frame = await panel.frame();
    const seen = await frame.evaluate(() => document.documentElement.outerHTML);
    assert.ok(!/sig=|SharedAccess/.test(seen));
    for (const name of ['IoT Hub Workbench', channel]) {
      assert.ok(!workbench.outputText(name).includes(/sig=([^&]+)/.exec(token)[1]));
    }
  });

  it('asks before it disconnects a device with the same ID', async () => {
    await panel.button('Copy Password').click();
    const password = await copied(workbench, /^SharedAccessSignature/);
    const client = connect({
      protocol: 'mqtts',
      host: 'localhost',
      port: Number((await panel.connectionDetail('Port')).split(' ')[0]),
      ca: readFileSync((await panel.connectionDetail('CA file')).replaceAll(' ', '')),
      clientId: 'boiler-1',
      username: 'localhost/boiler-1/?api-version=2021-04-12',
      password,
      protocolVersion: 4,
      reconnectPeriod: 0,
    });
    await new Promise((resolve, reject) => client.once('connect', resolve).once('error', reject));
    const closed = new Promise((resolve) => client.once('close', resolve));
    await panel.send();
    const { text } = await workbench.dialog();
    assert.match(text, /boiler-1.*already connected.*disconnects the real device/);
    await workbench.screenshot('publish-4-takeover');
    await workbench.answerDialog('Cancel');
    await panel.button('Send').and(panel.page.locator(':enabled')).waitFor();
    assert.ok(client.connected);
    await panel.send();
    await workbench.answerDialog('Publish Anyway');
    await closed;
    await panel.newest(/Arrived at partition/);
    await client.endAsync(true);
  });

  it('sends over WebSockets', async () => {
    await panel.field('Transport').selectOption('webSocket');
    await workbench.until('the WebSockets port', async () =>
      /WebSockets/.test(await panel.connectionDetail('Port')),
    );
    await panel.body.fill('{"by": "webSocket"}');
    await panel.send();
    await panel.newest(/Acknowledged.*Arrived/);
    await workbench.waitForOutput(channel, '"by": "webSocket"');
    await panel.field('Transport').selectOption('auto');
  });

  it('reports why a disabled device cannot publish', async () => {
    await workbench.choose('boiler-1', 'Disable Device');
    await workbench.until('the device to be disabled', async () =>
      (await workbench.rows()).some((row) => /boiler-1 disabled/.test(row)),
    );
    await panel.send();
    const line = await panel.newest(/Failed/);
    assert.match(line, /Failed: Device "boiler-1" is disabled/);
    await workbench.screenshot('publish-5-disabled');
    await workbench.choose('boiler-1', 'Enable Device');
    await workbench.until('the device to be enabled', async () =>
      (await workbench.rows()).every((row) => !/boiler-1 disabled/.test(row)),
    );
  });

  it('sends a file as unchanged bytes', async () => {
    const file = path.join(folder, 'frame.bin');
    writeFileSync(file, Buffer.from([0, 1, 2, 254, 255, 0xf0]));
    await panel.field('File').check();
    await panel.field('Content type').fill('application/octet-stream');
    await panel.field('Body file').fill('/nowhere/frame.bin');
    await workbench.until('the reason', async () =>
      (await panel.problems()).includes('The file cannot be read: /nowhere/frame.bin'),
    );
    assert.ok(await panel.button('Send').isDisabled());
    await panel.page.getByRole('button', { name: 'Select body file' }).click();
    await step(workbench, /Select Body File/);
    await workbench.answerFile(file);
    await workbench.until('no problem', async () => (await panel.problems()).length === 0);
    await panel.send();
    await panel.newest(/Arrived/);
    await workbench.waitForOutput(channel, '00000000  00 01 02 fe ff f0');
    await panel.field('JSON').check();
    await panel.field('Content type').fill('application/json');
  });

  it('repeats as several devices with placeholders, charts the results and stops', async () => {
    await panel.page.getByRole('button', { name: 'Select devices' }).click();
    await step(workbench, /Publishing Devices/);
    await workbench.answer('boiler-*');
    await workbench.until(
      'three devices',
      async () => (await panel.page.getByText('boiler-1, boiler-2, boiler-3').count()) > 0,
    );
    await panel.type(
      '{"device": "{{ deviceId }}", "n": "{{ n }}", "t": "{{ walk(20, 0.5) }}"}',
      '"device": "boiler-1", "n": 1',
    );
    await panel.page.getByText('Repeat and simulate').click();
    await panel.field('Messages per device').fill('40');
    await panel.field('Total rate').check();
    await panel.field('Messages per second (all devices)').fill('60');
    await panel.button('Start Repeating').click();
    await workbench.until('the run', async () => (await panel.total('Sent')) > 20);
    await panel.page.locator('.charts').scrollIntoViewIfNeeded();
    await workbench.screenshot('publish-6-running');
    await workbench.until('all messages to arrive', async () => (await panel.total('Arrived')) === 120);
    // A message may arrive at the monitor before its acknowledgment arrives at the device.
    await workbench.until('all acknowledgments', async () => (await panel.total('Acknowledged')) === 120);
    assert.equal(await panel.total('Failed'), 0);
    await workbench.waitForOutput(channel, /"device": "boiler-3",\s+"n": 40,/);
    await panel.page.getByLabel('Until stopped').check();
    await panel.button('Start Repeating').click();
    await workbench.until('the second run', async () => (await panel.total('Sent')) > 20);
    await panel.button('Stop').click();
    await panel.button('Send').and(panel.page.locator(':enabled')).waitFor();
    await workbench.until('no connection', async () => (await panel.total('Connected')) === 0);
    await workbench.screenshot('publish-7-stopped');
  });

  it('saves the message as a file that can be sent from the editor', async () => {
    const file = path.join(folder, 'boilers.d2c.json');
    await panel.button('Save File…').click();
    await step(workbench, /Save Message File/);
    await workbench.answerFile(file);
    const saved = await savedFile(workbench, file, () => JSON.parse(readFileSync(file, 'utf8')));
    assert.deepEqual(saved.devices, ['boiler-1', 'boiler-2', 'boiler-3']);
    assert.equal(saved.body.n, '{{ n }}');
    assert.deepEqual(saved.repeat, { perSecond: 60 });
    writeFileSync(file, readFileSync(file, 'utf8').replace('"{{ n }}"', '"from the file"'));
    await workbench.run('View: Close All Editors');
    await workbench.run('Go to File...');
    await workbench.quickInput.fill('boilers.d2c.json');
    await workbench.accept('boilers.d2c.json');
    const lens = workbench.page.locator('.codelens-decoration a', { hasText: /^Send$|Send$/ }).first();
    await lens.waitFor();
    await workbench.screenshot('publish-10-file');
    await lens.click();
    await panel.waitFor();
    await workbench.until('three results', async () => (await panel.results.count()) === 3);
    await workbench.waitForOutput(channel, /"device": "boiler-2",\s+"n": "from the file"/);
  });

  it('opens for selected devices and for a recent file', async () => {
    await workbench.run('View: Close All Editors');
    await workbench.row('boiler-1').click();
    await workbench.row('boiler-2').click({ modifiers: ['ControlOrMeta'] });
    await workbench.choose('boiler-2', 'Publish Message…');
    await panel.waitFor();
    await panel.page.getByText('boiler-1, boiler-2', { exact: true }).waitFor();
    await workbench.run('View: Close All Editors');
    await workbench.run('IoT Hub: Open Recent Message File…');
    await workbench.pick('boilers.d2c.json');
    await panel.waitFor();
    await panel.page.getByText('boiler-1, boiler-2, boiler-3').waitFor();
  });

  it('reports no violation of its content security policy', () => {
    assert.equal(workbench.console.filter((line) => /Content Security Policy.*publish/.test(line)).length, 0);
  });
});
