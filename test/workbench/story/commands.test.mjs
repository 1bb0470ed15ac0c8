// Commands that no other story covers, run by title from the palette, as a keyboard user would.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  answerAuthority,
  channel,
  local,
  localAuthority,
  openssl,
  rowLike,
  settings,
  step,
} from './storySteps.mjs';
import { addHub, hubString } from './hubConnections.mjs';
import { openLocalHub } from './monitorStory.mjs';

const devices = Array.from({ length: 11 }, (_, at) => `pump-${String(at + 1).padStart(2, '0')}`);

describe('commands in the Command Palette', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'iot-hub-story-commands-'));
  const shown = (pattern) => workbench.until(String(pattern), rowLike(workbench, pattern));
  const gone = (pattern) =>
    workbench.until(`no ${pattern}`, async () => !(await rowLike(workbench, pattern)()));
  /** The text that a command copies. */
  const copied = async (title, pattern, answer = async () => undefined) => {
    await workbench.page.evaluate(() => navigator.clipboard.writeText(''));
    await workbench.run(title);
    await answer();
    return workbench.until(`${pattern} in the clipboard`, async () => {
      const text = await workbench.clipboard();
      return pattern.test(text) && text;
    });
  };
  before(async () => {
    workbench = await openLocalHub({
      label: 'commands',
      devices,
      settings: { ...settings, 'iotHubWorkbench.devices.pageSize': 10 },
    });
  });
  after(async () => {
    await workbench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Discards what the tree has loaded, so that it shows the first ten devices again. */
  const restart = async () => {
    const before = await workbench.accessibleName('Local Hub');
    await workbench.run('IoT Hub: Restart Local Hub');
    // The port changes; until then, the tree still shows the loaded devices.
    await workbench.until('the local hub to be running again', async () => {
      const now = await workbench.accessibleName('Local Hub');
      return now !== before && now.includes('running');
    });
    await workbench.expand('Local Hub');
    await workbench.expand('Devices');
    await shown(/^Load More…/);
    assert.ok(!(await rowLike(workbench, /^pump-11/)()));
  };

  it('load more devices than the tree initially shows', async () => {
    await restart();
    // The palette hides this command, which requires the clicked row.
    await workbench.row('Load More…').click();
    await shown(/^pump-11/);
  });

  it('reveal a device that the tree has not loaded', async () => {
    await restart();
    await workbench.run('IoT Hub: Go to Device…');
    await step(workbench, /device/i);
    await workbench.pick('pump-11', { filter: 'pump-11' });
    await shown(/^pump-11/);
    const row = workbench.row('pump-11');
    await workbench.until(
      'the row to be selected',
      async () => (await row.getAttribute('aria-selected')) === 'true',
    );
  });

  it('send a message file to selected devices', async () => {
    writeFileSync(path.join(workbench.folder, 'reading.d2c.json'), '{ "body": { "marker": "by file" } }');
    await workbench.run('IoT Hub: Start Monitoring');
    await workbench.waitForOutput(channel, /--- Monitoring/);
    await workbench.run('IoT Hub: Send Message File to…');
    await step(workbench, /Select a message file/);
    await workbench.pick('reading.d2c.json');
    await step(workbench, /Select devices, or enter a device ID/);
    await workbench.quickRow('pump-02').click();
    await workbench.press('Enter');
    assert.match(await workbench.waitForOutput(channel, '"marker"'), /pump-02.*by file/);
    await workbench.run('IoT Hub: Stop Monitoring');
    await workbench.run('View: Close All Editors');
  });

  it('rename a hub that was added by connection string', async () => {
    // The closed panel had the focus, without which a page cannot write to the clipboard.
    await workbench.run('IoT Hub: Focus on Hubs View');
    await workbench.until('the focus', () => workbench.page.evaluate(() => document.hasFocus()));
    await addHub(workbench, await hubString(workbench), 'Plant');
    await workbench.run('IoT Hub: Rename Hub…');
    await step(workbench, /New name of the hub/);
    await workbench.answer('Boiler House');
    await shown(/^Boiler House\b/);
    await gone(/^Plant\b/);
    await workbench.run('IoT Hub: Remove Hub…');
    await workbench.answerDialog('Remove');
    await gone(/^Boiler House\b/);
  });

  it('upload a certificate and prove possession in two steps', async () => {
    await workbench.expand(local);
    await workbench.run('IoT Hub: Create Certificate Authority…');
    await step(workbench, /\(1\/4\)/);
    await answerAuthority(workbench, 'Factory CA');
    await shown(localAuthority);
    await workbench.run('IoT Hub: Upload Certificate to Hub…');
    await step(workbench, /Upload Certificate to Hub/);
    await workbench.pick('Factory CA');
    await shown(/^Factory-CA not verified/);
    await workbench.run('IoT Hub: Verify Certificate…');
    await step(workbench, /Verify Certificate/);
    await workbench.pick('Factory-CA');
    await shown(/^Factory-CA verified/);
  });

  it('upload a certificate as verified, after a warning', async () => {
    await workbench.choose(/Factory-CA.*verified/, 'Delete Certificate from Hub…');
    await workbench.answerDialog('Delete');
    await gone(/^Factory-CA verified/);
    await workbench.run('IoT Hub: Upload Certificate as Verified…');
    await step(workbench, /Upload Certificate as Verified/);
    await workbench.pick('Factory CA');
    assert.match((await workbench.dialog()).text, /skips proof of possession/);
    await workbench.answerDialog('Upload as Verified');
    await shown(/^Factory-CA verified/);
  });

  it('copy a certificate and its thumbprint', async () => {
    const choose = async () => {
      await step(workbench, /Select a certificate/);
      await workbench.pick('Factory CA');
    };
    const pem = await copied('IoT Hub: Copy Certificate PEM', /BEGIN CERTIFICATE/, choose);
    const sha256 = await copied('IoT Hub: Copy Certificate Thumbprint…', /^[0-9A-F:]{64,}$/i, async () => {
      await choose();
      await step(workbench, /Select a hash algorithm/);
      await workbench.pick('SHA-256');
    });
    const file = path.join(folder, 'factory.pem');
    writeFileSync(file, pem);
    const fingerprint = openssl('x509', '-in', file, '-noout', '-fingerprint', '-sha256');
    const plain = (text) => text.replace(/.*=|[:\s]/g, '').toUpperCase();
    assert.equal(plain(sha256), plain(fingerprint));
  });

  it('show the path of a certificate in a browser', async () => {
    await workbench.run('IoT Hub: Show Certificate in Folder');
    await step(workbench, /Select a certificate/);
    await workbench.pick('Factory CA');
    assert.match(await workbench.toast('Only desktop VS Code'), /ca\.pem/);
    await workbench.run('Notifications: Clear All Notifications');
  });

  it('issue a certificate for an existing device, and delete it', async () => {
    await workbench.choose('Devices', 'Create X.509 Device…');
    await step(workbench, /\(1\/3\)/);
    await workbench.answer('boiler-1');
    await step(workbench, /\(2\/3\)/);
    await workbench.pick('CA-signed by Factory CA');
    await step(workbench, /\(3\/3\)/);
    await workbench.pick('No passphrase');
    await shown(/^boiler-1 .*X\.509 CA-signed/);
    await workbench.expand(/Factory CA.*EC P-256/);
    await shown(/^boiler-1 localhost/);
    await workbench.run('IoT Hub: Issue Device Certificate…');
    await step(workbench, /device/i);
    await workbench.pick('boiler-1', { filter: 'boiler-1' });
    await step(workbench, /Select the issuer/);
    await workbench.pick('CA-signed by Factory CA');
    await step(workbench, /passphrase/);
    await workbench.pick('No passphrase');
    await workbench.toast('has a new certificate that is valid until');
    const issued = async () =>
      (await workbench.rows()).filter((row) => /^boiler-1 localhost/.test(row)).length;
    await workbench.until('two certificates', async () => (await issued()) === 2);
    await workbench.run('IoT Hub: Delete Issued Certificate…');
    await step(workbench, /Select a certificate/);
    await workbench.pick('boiler-1');
    await workbench.answerDialog('Delete');
    await workbench.until('one certificate', async () => (await issued()) === 1);
  });
});
