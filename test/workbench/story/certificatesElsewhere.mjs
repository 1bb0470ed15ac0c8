// Certificates created elsewhere, in a window with a running local hub.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startStory } from '../../host/storyWindows.mjs';
import { answerAuthority, local, openssl, rowLike, savedFile, step } from './storySteps.mjs';

/** @param {() => import('../../host/workbenchDriver.mjs').Workbench} opened */
export function certificatesFromElsewhere(opened) {
  describe('created elsewhere', () => {
    /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
    let workbench;
    let folder;
    const file = (name) => path.join(folder, name);
    const shown = (pattern) => workbench.until(String(pattern), rowLike(workbench, pattern));
    const makeAuthority = (name, ...protection) => {
      openssl('genrsa', '-traditional', ...protection, '-out', file(`${name}.key`), '2048');
      const pass = protection.length > 0 ? ['-passin', 'pass:opensesame'] : [];
      const subject = ['-subj', `/CN=${name}`, '-days', '100', '-sha256'];
      openssl(
        'req',
        '-x509',
        '-new',
        '-key',
        file(`${name}.key`),
        ...pass,
        ...subject,
        '-out',
        file(`${name}.pem`),
      );
    };
    before(async () => {
      folder = mkdtempSync(path.join(os.tmpdir(), 'certificates-story-'));
      makeAuthority('Old-CA', '-des3', '-passout', 'pass:opensesame');
      makeAuthority('Far-CA');
      workbench = opened();
      await startStory(workbench);
      await workbench.expand('Local Hub');
      await workbench.expand(local);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('imports a certificate authority of openssl with its traditional key', async () => {
      await workbench.run('IoT Hub: Import Certificate Authority…');
      await step(workbench, /the certificate and its private key/);
      await workbench.answerFile(file('Old-CA.pem'));
      assert.match((await workbench.dialog()).text, /No private key was found for "CN=Old-CA"/);
      await workbench.answerDialog('Select Key File…');
      await step(workbench, /Select the private key of CN=Old-CA/);
      await workbench.answerFile(file('Old-CA.key'));
      await step(workbench, /Enter the passphrase of the selected files/);
      await workbench.answer('open barley');
      await step(workbench, /passphrase is incorrect/);
      await workbench.answer('opensesame');
      await step(workbench, /Enter a name for the certificate authority/);
      await workbench.screenshot('certificates-elsewhere-1-import');
      await workbench.press('Enter');
      await workbench.pick('Private folder of the extension');
      await shown(/^Old-CA .*RSA 2048/);
    });

    it('creates an intermediate CA and verifies it', async () => {
      await workbench.choose(/^\s*Old-CA.*RSA 2048/, 'Create Intermediate CA…');
      await step(workbench, /under Old-CA \(1\/4\)/);
      await answerAuthority(workbench, 'Line 1');
      await step(workbench, /Passphrase for Old-CA/);
      await workbench.answer('opensesame');
      await shown(/^Line 1 intermediate · .*EC P-256/);
      await workbench.choose(/Line 1.*intermediate/, 'Upload and Verify Certificate Authority…');
      await shown(/^Line-1 verified/);
      await workbench.screenshot('certificates-elsewhere-2-intermediate');
    });

    it('proves possession of a key that is stored elsewhere', async () => {
      await workbench.run('IoT Hub: Upload and Verify Certificate Authority…');
      await workbench.pick('Certificate file…');
      await step(workbench, /Select the CA Certificate/);
      await workbench.answerFile(file('Far-CA.pem'));
      await shown(/^Far-CA not verified/);
      await step(workbench, /Select the next verification step/);
      await workbench.pick('Get a verification code');
      await step(workbench, /Verification code: /);
      const code = await workbench.until('the code', async () => {
        const text = await workbench.clipboard();
        return /^[0-9A-Z]{20,}$/.test(text) && text;
      });
      await workbench.screenshot('certificates-elsewhere-3-code');
      await workbench.pick('Copy the OpenSSL commands');
      const commands = await workbench.until('the commands', async () => {
        const text = await workbench.clipboard();
        return text.includes('openssl') && text;
      });
      assert.ok(commands.includes(`/CN=${code}`));
      const own = commands.replaceAll('CA.pem', 'Far-CA.pem').replaceAll('CA.key', 'Far-CA.key');
      const run = spawnSync('sh', ['-e', '-c', own], { cwd: folder, encoding: 'utf8' });
      assert.equal(run.status, 0, run.stderr);
      await workbench.pick('Upload the verification certificate…');
      await step(workbench, /Select the Verification Certificate/);
      await workbench.answerFile(file('proof.pem'));
      await shown(/^Far-CA verified/);
    });

    it('reports in one sentence what is wrong with a file', async () => {
      writeFileSync(file('nothing.pem'), 'hello');
      await workbench.run('IoT Hub: Import Certificate Authority…');
      await step(workbench, /the certificate and its private key/);
      await workbench.answerFile(file('nothing.pem'));
      const message = await workbench.toast('nothing.pem');
      assert.doesNotMatch(message, /\bat .*:\d+/);
    });

    it('exports a certificate authority as PKCS#12 that openssl reads', async () => {
      await workbench.choose(/Line 1.*intermediate/, 'Export Certificate…');
      await workbench.pick('PKCS#12');
      await step(workbench, /Enter a passphrase to protect the exported file/);
      await workbench.answer('export me');
      await step(workbench, /Confirm the passphrase/);
      await workbench.answer('export me');
      await step(workbench, /Export Certificate Line 1/);
      await workbench.answerFile(file('line1.p12'));
      const opened = await savedFile(workbench, file('line1.p12'), (p12) =>
        openssl('pkcs12', '-in', p12, '-nodes', '-passin', 'pass:export me'),
      );
      assert.match(opened, /CN = Line 1/);
      assert.match(opened, /CN = Old-CA/);
      assert.match(opened, /PRIVATE KEY/);
    });

    it('deletes a certificate authority after a confirmation that lists what is deleted', async () => {
      await workbench.choose(/Line 1.*intermediate/, 'Delete Certificate Authority…');
      const { text } = await workbench.dialog();
      assert.match(text, /Certificate.*Private key/);
      await workbench.screenshot('certificates-elsewhere-4-delete');
      await workbench.answerDialog('Delete');
      await workbench.until('the authority to be removed', async () =>
        (await workbench.rows()).every((row) => !/^Line 1 intermediate/.test(row)),
      );
    });
  });
}
