import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openStory } from '../../host/storyWindows.mjs';
import { local, openssl, rowLike, settings, step } from './certificateStory.mjs';

describe('Certificates made elsewhere', () => {
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
    workbench = await openStory({ label: 'certificates-elsewhere', settings });
    await workbench.openContainer('IoT Hub');
    await workbench.row(local).waitFor();
    await workbench.expand('Local Hub');
    await shown(/^Local Hub running/);
    await workbench.expand(local);
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await workbench?.close();
  });

  it('imports an authority of openssl with its traditional key', async () => {
    await workbench.run('IoT Hub: Import Certificate Authority…');
    await step(workbench, /its certificate and its private key/);
    await workbench.answerFile(file('Old-CA.pem'));
    assert.match((await workbench.dialog()).text, /private key of "CN=Old-CA"/);
    await workbench.answerDialog('Pick Key File…');
    await step(workbench, /Private key of CN=Old-CA/);
    await workbench.answerFile(file('Old-CA.key'));
    await step(workbench, /files are protected/);
    await workbench.answer('open barley');
    await step(workbench, /does not open/);
    await workbench.answer('opensesame');
    await step(workbench, /Name of the authority/);
    await workbench.screenshot('certificates-elsewhere-1-import');
    await workbench.press('Enter');
    await workbench.pick('Private folder of the extension');
    await shown(/^Old-CA RSA 2048/);
  });

  it('creates an intermediate under it, which is verified by itself', async () => {
    await workbench.choose(/^\s*Old-CA.*RSA 2048/, 'Create Intermediate Authority…');
    await step(workbench, /under Old-CA \(1\/4\)/);
    await workbench.answer('Line 1');
    await step(workbench, /\(2\/4\)/);
    await workbench.pick('The usual');
    await step(workbench, /\(3\/4\)/);
    await workbench.answer('');
    await workbench.answerDialog('Leave It Unprotected');
    await step(workbench, /\(4\/4\)/);
    await workbench.pick('Private folder of the extension');
    await step(workbench, /Passphrase of Old-CA/);
    await workbench.answer('opensesame');
    await shown(/^Line 1 intermediate · EC P-256/);
    await workbench.choose(/Line 1.*intermediate/, 'Upload and Verify Certificate Authority…');
    await shown(/^Line-1 verified/);
    await workbench.screenshot('certificates-elsewhere-2-intermediate');
  });

  it('proves possession of a key that is elsewhere', async () => {
    await workbench.run('IoT Hub: Upload and Verify Certificate Authority…');
    await workbench.pick('A certificate file…');
    await step(workbench, /certificate of the authority/);
    await workbench.answerFile(file('Far-CA.pem'));
    await shown(/^Far-CA not verified/);
    await step(workbench, /How far is the proof/);
    await workbench.pick('Get a verification code');
    await step(workbench, /The code is/);
    const code = await workbench.until('the code', async () => {
      const text = await workbench.clipboard();
      return /^[0-9A-Z]{20,}$/.test(text) && text;
    });
    await workbench.screenshot('certificates-elsewhere-3-code');
    await workbench.pick('Copy the openssl commands');
    const commands = await workbench.until('the commands', async () => {
      const text = await workbench.clipboard();
      return text.includes('openssl') && text;
    });
    assert.ok(commands.includes(`/CN=${code}`));
    const own = commands.replaceAll('CA.pem', 'Far-CA.pem').replaceAll('CA.key', 'Far-CA.key');
    const run = spawnSync('sh', ['-e', '-c', own], { cwd: folder, encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    await workbench.pick('Upload the verification certificate…');
    await step(workbench, /Verification certificate/);
    await workbench.answerFile(file('proof.pem'));
    await shown(/^Far-CA verified/);
  });

  it('says in one sentence what is wrong with a file', async () => {
    writeFileSync(file('nothing.pem'), 'hello');
    await workbench.run('IoT Hub: Import Certificate Authority…');
    await step(workbench, /its certificate and its private key/);
    await workbench.answerFile(file('nothing.pem'));
    const said = await workbench.toast('nothing.pem');
    assert.doesNotMatch(said, /\bat .*:\d+/);
  });

  it('exports an authority as PKCS#12 that openssl opens', async () => {
    await workbench.choose(/Line 1.*intermediate/, 'Export Certificate…');
    await workbench.pick('PKCS#12');
    await step(workbench, /Passphrase that protects the exported file/);
    await workbench.answer('export me');
    await step(workbench, /The same passphrase again/);
    await workbench.answer('export me');
    await step(workbench, /Export Certificate Line 1/);
    await workbench.answerFile(file('line1.p12'));
    await workbench.until('the file', () => existsSync(file('line1.p12')));
    const opened = openssl('pkcs12', '-in', file('line1.p12'), '-nodes', '-passin', 'pass:export me');
    assert.match(opened, /CN = Line 1/);
    assert.match(opened, /CN = Old-CA/);
    assert.match(opened, /PRIVATE KEY/);
  });

  it('deletes an authority after saying what goes', async () => {
    await workbench.choose(/Line 1.*intermediate/, 'Delete Certificate Authority…');
    const { text } = await workbench.dialog();
    assert.match(text, /its certificate and its private key/);
    await workbench.screenshot('certificates-elsewhere-4-delete');
    await workbench.answerDialog('Delete');
    await workbench.until('the authority to go', async () =>
      (await workbench.rows()).every((row) => !/^Line 1 intermediate/.test(row)),
    );
  });
});
