import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clearNotifications, openStory, startStory } from '../../host/storyWindows.mjs';
import { channel, local, localAuthority, openssl, option, rowLike, settings, step } from './storySteps.mjs';
import { certificatesFromElsewhere } from './certificatesElsewhere.mjs';
import { certificatesByKeyboard } from './certificatesKeyboard.mjs';
import { publishByPanel } from './publishPanel.mjs';

describe('certificates', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  before(async () => {
    workbench = await openStory({ label: 'certificates', settings });
  });
  after(() => workbench?.close());

  certificatesByKeyboard(() => workbench);
  certificatesFromElsewhere(() => workbench);

  describe('(mouse)', () => {
    let folder;
    const shown = (pattern) => workbench.until(String(pattern), rowLike(workbench, pattern));
    before(async () => {
      folder = mkdtempSync(path.join(os.tmpdir(), 'certificates-story-'));
      await workbench.choose('Local Hub', 'Stop Monitoring');
      await workbench.waitForOutput(channel, /Monitoring stopped/);
      await startStory(workbench);
      // The tree has to fit into the side bar, because VS Code renders only visible rows.
      await workbench.run('IoT Hub: Reset Local Hub Data…');
      await workbench.answerDialog('Delete Data');
      await workbench.row('Far-CA').waitFor({ state: 'detached' });
      await workbench.expand('Local Hub');
      await shown(/^Local Hub running/);
      await workbench.expand(local);
      for (const authority of [/Keyboard CA.*EC P-256/, /Old-CA.*RSA 2048/]) {
        await workbench.choose(authority, 'Delete Certificate Authority…');
        await workbench.answerDialog('Delete');
        await workbench.row(authority).waitFor({ state: 'detached' });
      }
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('creates a certificate authority without a passphrase after a warning', async () => {
      await workbench.row('No certificate authority yet').click();
      await step(workbench, /\(1\/4\)/);
      await workbench.answer('Factory CA');
      await step(workbench, /\(2\/4\)/);
      await workbench.pick('Default');
      await step(workbench, /\(3\/4\)/);
      await workbench.answer('');
      const { text } = await workbench.dialog();
      assert.match(text, /Anyone who can read the file can issue certificates/);
      await workbench.screenshot('certificates-1-no-passphrase');
      await workbench.answerDialog('Continue Without Passphrase');
      await step(workbench, /\(4\/4\)/);
      await workbench.pick('Private folder of the extension');
      await shown(localAuthority);
      await workbench.screenshot('certificates-2-authority');
    });

    it('uploads and verifies the certificate authority in one action', async () => {
      await workbench.choose(
        /Factory CAEC P-256|Factory CA.*EC P-256/,
        'Upload and Verify Certificate Authority…',
      );
      await shown(/^Factory-CA verified/);
      await workbench.screenshot('certificates-3-verified');
    });

    it('creates a device with a certificate of the certificate authority', async () => {
      await workbench.choose('Devices', 'Create X.509 Device…');
      await step(workbench, /\(1\/3\)/);
      await workbench.answer('boiler-1');
      await step(workbench, /\(2\/3\)/);
      assert.match((await workbench.picks())[0], /CA-signed by Factory CA verified on Local Hub/);
      await workbench.screenshot('certificates-4-who-signs');
      await workbench.pick('CA-signed by Factory CA');
      await step(workbench, /\(3\/3\)/);
      await workbench.pick('No passphrase');
      await shown(/^boiler-1 .*X\.509 CA-signed/);
      await shown(/^boiler-1 localhost · 359 days left/);
    });

    it('publishes with the certificate and shows the message in the monitor', async () => {
      await workbench.choose('Local Hub', 'Start Monitoring');
      await workbench.waitForOutput(channel, /---/);
      await publishByPanel(workbench, /boiler-1.*X\.509/, 'boiler-1', '{"pressure": 2.5}');
      await workbench.waitForOutput(channel, '"pressure": 2.5');
      await workbench.screenshot('certificates-5-published');
    });

    it('copies a mosquitto_pub command that publishes with files that openssl verifies', async () => {
      await workbench.choose(/boiler-1.*X\.509/, 'Copy mosquitto_pub Command…');
      await workbench.pick('sh');
      const command = await workbench.until('the command', async () => {
        const text = await workbench.clipboard();
        return text.startsWith('mosquitto_pub') && text.includes('--cert') && text;
      });
      assert.doesNotMatch(command, / -P /);
      const before = workbench.outputText(channel);
      const sent = spawnSync('sh', ['-c', command], { encoding: 'utf8', timeout: 15_000 });
      assert.equal(sent.status, 0, sent.stderr);
      await workbench.until('the message', () => workbench.outputText(channel).length > before.length);
      const certificate = option(command, '--cert');
      const key = option(command, '--key');
      assert.equal(statSync(key).mode & 0o777, 0o600);
      const authority = path.resolve(path.dirname(certificate), '../ca.pem');
      assert.match(openssl('verify', '-x509_strict', '-CAfile', authority, certificate), /OK/);
      assert.match(openssl('x509', '-in', certificate, '-noout', '-subject'), /CN = boiler-1/);
    });

    it('shows the details of a certificate as a document', async () => {
      await workbench.choose(/Factory-CA.*verified/, 'Show Certificate Details');
      const lines = workbench.page.locator('.editor-instance .view-line');
      await workbench.until('the document', async () =>
        (await lines.allInnerTexts()).some((line) => /Status\s+Verified/.test(line.replace(/\u00a0/g, ' '))),
      );
      await workbench.screenshot('certificates-6-details');
    });

    it('reports that the device certificate is valid', async () => {
      await workbench.choose(/boiler-1.*X\.509/, 'Check Device Certificate');
      assert.match(await workbench.toast('is valid'), /boiler-1/);
    });

    it('renews the certificate of a thumbprint device without locking it out', async () => {
      await workbench.choose('Devices', 'Create X.509 Device…');
      await step(workbench, /\(1\/3\)/);
      await workbench.answer('valve-1');
      await step(workbench, /\(2\/3\)/);
      await workbench.pick('Self-signed');
      await step(workbench, /\(3\/3\)/);
      await workbench.pick('No passphrase');
      await shown(/^valve-1 .*X\.509 thumbprint/);
      for (const turn of [1, 2]) {
        await publishByPanel(workbench, /valve-1.*X\.509/, 'valve-1', `{"turn": ${turn}}`);
        await workbench.waitForOutput(channel, `"turn": ${turn}`);
        if (turn === 2) break;
        await workbench.choose(/valve-1.*X\.509/, 'Renew Device Certificate…');
        await step(workbench, /Renew Device Certificate/);
        await workbench.pick('No passphrase');
        await workbench.toast('continues to work until the next renewal');
      }
    });

    it('creates devices from a list and writes a results file', async () => {
      await clearNotifications(workbench);
      const list = path.join(folder, 'devices.csv');
      const ids = Array.from({ length: 30 }, (_, n) => `sensor-${n + 1}`);
      writeFileSync(list, `deviceId,place\r\n${ids.join(',hall\r\n')},hall\r\nbad id,hall\r\n`);
      await workbench.choose('Devices', 'Create X.509 Devices from File…');
      await workbench.answerFile(list);
      const { text } = await workbench.dialog();
      assert.match(text, /Line 32, "bad id"/);
      await workbench.answerDialog('Continue');
      await step(workbench, /30 devices/);
      await workbench.pick('Skip existing devices');
      await step(workbench, /Select the issuer/);
      await workbench.pick('CA-signed by Factory CA');
      await step(workbench, /passphrase/);
      await workbench.pick('No passphrase');
      await workbench.answerDialog('Create Devices');
      // The progress ends with the same count.
      await workbench.toast('30 of 30 devices have a new certificate');
      await shown(/^sensor-30 .*X\.509 CA-signed/);
      await workbench.screenshot('certificates-7-from-a-list');
      await workbench.answerToast('30 of 30 devices', 'Open Result File');
      await workbench.page.locator('.tab', { hasText: /results-/ }).waitFor();
    });

    it('reports why the hub would refuse the certificate before connecting', async () => {
      await workbench.choose(/Factory-CA.*verified/, 'Delete Certificate from Hub…');
      assert.match((await workbench.dialog()).text, /will no longer be able to authenticate/);
      await workbench.answerDialog('Delete');
      await workbench.until('the certificate to be removed', async () =>
        (await workbench.rows()).every((row) => !row.startsWith('Factory-CA')),
      );
      await publishByPanel(workbench, /boiler-1.*X\.509/, 'boiler-1', '{"pressure": 9}');
      const { text } = await workbench.dialog();
      assert.match(text, /Its issuer "CN=Factory CA" is neither in the file nor on this hub/);
      await workbench.screenshot('certificates-9-refused');
      await workbench.answerDialog('Cancel');
    });

    it('does not log private keys', () => {
      for (const name of ['IoT Hub Workbench', channel]) {
        assert.doesNotMatch(workbench.outputText(name), /PRIVATE KEY/);
      }
    });
  });
});
