// Secrets of known values go through the main jobs, and are then looked for.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SecretSearch } from '../../host/secretSearch.mjs';
import { openStory } from '../../host/storyWindows.mjs';
import { addHub, hubString, withoutManagement } from './hubConnections.mjs';
import { publishByPanel } from './publishPanel.mjs';
import { copied, local, openssl, rowLike, savedFile, settings, step } from './storySteps.mjs';
import { part } from './testDevice.mjs';

/** Runs openssl with a passphrase as the variable WORD: not on the command line, which the search reads too. */
const opensslWith = (passphrase, ...args) =>
  execFileSync('openssl', args, { encoding: 'utf8', env: { ...process.env, WORD: passphrase } });

/** A key that no other story uses. */
const keyOf = (text) => createHash('sha256').update(text).digest('base64');

describe('secrets', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  /** @type {SecretSearch} */
  let search;
  let folder;
  const shown = (pattern) => workbench.until(String(pattern), rowLike(workbench, pattern));
  const passphrases = {
    'passphrase of an authority': 'violet harbour tractor 91',
    'passphrase of a device key': 'amber lantern orchard 28',
    'passphrase of an export': 'silver meadow compass 53',
    'passphrase of an import': 'copper island kettle 67',
  };
  const enterNew = async (passphrase, prompt) => {
    await step(workbench, prompt);
    await workbench.answer(passphrase);
    await step(workbench, /Confirm the passphrase/);
    await workbench.answer(passphrase);
  };

  before(async () => {
    workbench = await openStory({ label: 'secrets', settings });
    await workbench.openContainer('IoT Hub');
    await workbench.expand('Local Hub');
    await shown(/^Local Hub running/);
    await workbench.expand(local);
    search = new SecretSearch(workbench);
    folder = mkdtempSync(path.join(os.tmpdir(), 'secrets-story-'));
    for (const [name, passphrase] of Object.entries(passphrases)) search.add(name, passphrase);
  });
  after(async () => {
    search?.stop();
    await workbench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('go through registering a device, publishing, and adding a hub', async () => {
    await workbench.choose('Devices', 'Register Device…');
    await workbench.answer('vault-1');
    await workbench.pick('Custom symmetric key');
    for (const which of ['primary', 'secondary']) {
      const key = keyOf(which);
      search.add(`${which} key of the device`, key);
      await step(workbench, new RegExp(`Enter the ${which} key`));
      await workbench.answer(key);
    }
    await shown(/^vault-1 /);
    const panel = await publishByPanel(workbench, 'vault-1', 'vault-1', '{"vault": 1}');
    await panel.newest(/Acknowledged/);
    await panel.button('Copy Password').click();
    search.add('token', /sig=([^&]+)/.exec(await copied(workbench, /^SharedAccessSignature/))[1]);
    await workbench.choose('vault-1', 'Copy mosquitto_pub Command…');
    await workbench.pick('sh');
    search.add('token of a command', /sig=([^&']+)/.exec(await copied(workbench, /^mosquitto_pub/))[1]);
    const connection = await hubString(workbench);
    search.add('key of the hub', part(connection, 'SharedAccessKey'));
    await addHub(workbench, withoutManagement(connection), 'Pasted');
    await workbench.collapse('Pasted');
  });

  it('go through creating an authority, issuing a certificate, exporting and importing', async () => {
    await workbench.run('IoT Hub: Create Certificate Authority…');
    await step(workbench, /\(1\/4\)/);
    await workbench.answer('Vault CA');
    await step(workbench, /\(2\/4\)/);
    await workbench.pick('Default');
    await enterNew(passphrases['passphrase of an authority'], /\(3\/4\)/);
    await step(workbench, /\(4\/4\)/);
    await workbench.pick('Private folder of the extension');
    await shown(/^Vault CA .*EC P-256/);
    await workbench.choose('Local Hub', 'Create X.509 Device…');
    await step(workbench, /\(1\/3\)/);
    await workbench.answer('vault-2');
    await step(workbench, /\(2\/3\)/);
    await workbench.pick('CA-signed by Vault CA');
    await step(workbench, /\(3\/3\)/);
    await workbench.pick('With a passphrase');
    await enterNew(passphrases['passphrase of a device key'], /protect the private key of "vault-2"/);
    await step(workbench, /Passphrase for Vault CA/);
    await workbench.answer(passphrases['passphrase of an authority']);
    await shown(/^vault-2 /);

    await workbench.choose(/Vault CA.*EC P-256/, 'Export Certificate…');
    await workbench.pick('PKCS#12');
    await enterNew(passphrases['passphrase of an export'], /protect the exported file/);
    await step(workbench, /Passphrase for Vault CA/);
    await workbench.answer(passphrases['passphrase of an authority']);
    await step(workbench, /Export Certificate Vault CA/);
    const exported = path.join(folder, 'vault.p12');
    await workbench.answerFile(exported);
    const opened = await savedFile(workbench, exported, (file) =>
      opensslWith(
        passphrases['passphrase of an export'],
        ...['pkcs12', '-in', file, '-nodes', '-passin', 'env:WORD'],
      ),
    );
    search.add(
      'key of the authority',
      /-----BEGIN PRIVATE KEY[^]*?-----END PRIVATE KEY-----/.exec(opened)[0],
    );

    const [plain, certificate, both] = ['plain.key', 'moved.pem', 'both.pem'].map((name) =>
      path.join(folder, name),
    );
    openssl('genrsa', '-out', plain, '2048');
    search.add('imported key', readFileSync(plain, 'utf8'));
    const subject = ['-subj', '/CN=Moved-CA', '-days', '30'];
    openssl('req', '-x509', '-new', '-key', plain, ...subject, '-out', certificate);
    const key = opensslWith(
      passphrases['passphrase of an import'],
      ...['pkcs8', '-topk8', '-in', plain, '-v2', 'aes-256-cbc', '-passout', 'env:WORD'],
    );
    writeFileSync(both, readFileSync(certificate, 'utf8') + key);
    rmSync(plain);
    await workbench.run('IoT Hub: Import Certificate Authority…');
    await step(workbench, /the certificate and its private key/);
    await workbench.answerFile(both);
    await step(workbench, /Enter the passphrase of the selected file/);
    await workbench.answer(passphrases['passphrase of an import']);
    await step(workbench, /Enter a name for the certificate authority/);
    await workbench.press('Enter');
    await workbench.pick('Private folder of the extension');
    await shown(/^Moved-CA .*RSA 2048/);
  });

  it('are found nowhere but in secret storage and in files that only the user can read', async () => {
    await workbench.run('View: Close All Editors');
    const { exposed, kept } = await search.find();
    assert.deepEqual(exposed, []);
    // The search reads what is there: the hub keeps the keys of its devices.
    assert.ok(
      kept.some((found) => /^primary key of the device in .*hub\.db/.test(found)),
      kept.join('\n'),
    );
  });

  it('are found by the search where they do not belong', async () => {
    const log = path.join(workbench.server.logsFolder, 'planted.log');
    writeFileSync(log, `token ${encodeURIComponent(keyOf('primary'))}`, { mode: 0o644 });
    await workbench.page.evaluate(
      (text) => document.body.setAttribute('data-planted', text),
      keyOf('secondary'),
    );
    const { exposed } = await search.find();
    await workbench.page.evaluate(() => document.body.removeAttribute('data-planted'));
    rmSync(log);
    assert.deepEqual(exposed.toSorted(), [
      `primary key of the device in ${log}`,
      'secondary key of the device in the page',
    ]);
  });
});
