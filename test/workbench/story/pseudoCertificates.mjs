// Certificates in the pseudo-locale: titles and steps, in order.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openssl } from './storySteps.mjs';
import { like, t } from './pseudoTexts.mjs';

const authorityName =
  'Enter a name for the certificate authority. It is also used as the common name of its certificate.';
const days =
  'Enter the validity period in days. It limits the validity of the certificates that this CA issues.';
const subject = 'Enter the subject: CN and, optionally, OU, O, L, ST, and C. Write a comma in a value as \\,';
const protection =
  'Enter a passphrase to protect the private key of "{0}", or leave it empty to store the key unprotected.';
const passphrase = '11 22 33 44 55';
const deviceId =
  'Enter a device ID. It is case-sensitive, and also used as the common name of the certificate.';

/** A certificate authority created by openssl, with its key in a separate file. */
function makeAuthority(folder, name) {
  const file = (ending) => path.join(folder, `${name}.${ending}`);
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file('key'));
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    file('key'),
    '-subj',
    `/CN=${name}`,
    '-days',
    '9',
    '-out',
    file('pem'),
  );
  return file('pem');
}

export const certificateTests = [
  [
    'Create Certificate Authority, with and without a passphrase',
    async (story, workbench) => {
      await story.expand(t('Certificate Authorities'));
      await story.run('Create Certificate Authority…');
      await story.step(authorityName, { invalid: ' ', text: '4001' });
      await story.step('Select the certificate options', { pick: 'Custom…' });
      await story.step('Select a key type', { pick: 'Small and fast, recommended for constrained devices' });
      await story.step(days, { invalid: '0', text: '99' });
      await story.step(subject, { invalid: '1', text: 'CN=4001' });
      await story.step(protection, { typed: '1', text: passphrase });
      await story.step('Confirm the passphrase. It cannot be recovered.', { invalid: '1', text: passphrase });
      await story.step('Select where to store the certificate authority and its key', {
        pick: 'Private folder of the extension',
      });
      await story.toast(
        'Certificate authority "{0}" is ready. Upload it to a hub and verify it so that devices can connect with its certificates.',
      );
      await story.clearNotifications();

      await story.run('Create Certificate Authority…');
      await story.step(authorityName, { text: '4002' });
      await story.step('Select the certificate options', { pick: 'Default' });
      await story.step(protection, { text: '' });
      await story.answerDialog(
        'Store the private key of "{0}" without a passphrase?',
        'Continue Without Passphrase',
      );
      await story.step('Select where to store the certificate authority and its key', {
        pick: 'Private folder of the extension',
      });
      await workbench.row('4002').waitFor();
    },
  ],
  [
    'Create Intermediate CA and Import Certificate Authority',
    async (story, workbench) => {
      await story.choose('4002', 'Create Intermediate CA…');
      await story.step(authorityName);
      await story.leave();
      const file = makeAuthority(workbench.folder, '4003');
      await story.run('Import Certificate Authority…');
      await story.step(
        'Import Certificate Authority: select the certificate and its private key (PEM or DER), or a PKCS#12 file',
      );
      await workbench.answerFile(file);
      await story.answerDialog('No private key was found for "{0}".', 'Import Without Key');
      await story.step('Enter a name for the certificate authority on this computer', { text: '4003' });
      await story.step('Select where to store the certificate authority and its key', {
        pick: 'Private folder of the extension',
      });
      await workbench.row('4003').waitFor();
      await story.clearNotifications();
      writeFileSync(path.join(workbench.folder, '4.pem'), '1');
      await story.run('Import Certificate Authority…');
      await story.step(
        'Import Certificate Authority: select the certificate and its private key (PEM or DER), or a PKCS#12 file',
      );
      await workbench.answerFile(path.join(workbench.folder, '4.pem'));
      await workbench.toast('4.pem');
      await story.clearNotifications();
    },
  ],
  [
    'Upload and Verify Certificate Authority',
    async (story, workbench) => {
      await story.run('Upload and Verify Certificate Authority…');
      await story.step('Select a certificate authority', { pick: '4001' });
      await story.step('The passphrase is used once. Select the button above to save it in Secret Storage.', {
        invalid: '1',
        text: passphrase,
      });
      await story.toast(
        '"{0}" is verified on {1}. Devices with certificates that it issued can now connect.',
      );
      await story.choose(like('key stored elsewhere'), 'Upload and Verify Certificate Authority…');
      await story.step('Select the next verification step', { pick: 'Get a verification code' });
      await story.step(
        'Verification code: {0}. The CA must sign a certificate with this code as the common name.',
        {
          pick: 'Copy the OpenSSL commands',
        },
      );
      await story.statusMessage('OpenSSL commands copied');
      await story.leave();
      await story.choose('4002', 'Upload Certificate as Verified…');
      await story.decline('Upload "{0}" to {1} as verified?');
      await story.readTooltips();
      for (const row of [t('verified'), '4001', '4002', '4003']) await story.readMenu(row);
    },
  ],
  [
    'copying, exporting and deleting a certificate',
    async (story, workbench) => {
      await story.choose(/4002.*EC/, 'Copy Certificate Thumbprint…');
      await story.step('Select a hash algorithm', { pick: 'SHA-256' });
      await story.statusMessage('Thumbprint for {0} copied');
      await story.choose(/4002.*EC/, 'Export Certificate…');
      await story.step('Select an export format', {
        pick: 'With the private key and the chain',
      });
      await story.step(
        'Enter a passphrase to protect the exported file, or leave it empty to export the private key unprotected.',
      );
      await story.leave();
      await story.choose(/4002.*EC/, 'Show Certificate Details');
      await story.readEditor(/4002/);
      await story.choose(/4002.*EC/, 'Show Certificate in Folder');
      await story.toast('Only desktop VS Code can show a folder. The certificate is in {0}.');
      await story.clearNotifications();
      await story.choose(like('not verified'), 'Delete Certificate from Hub…');
      await workbench.dialog();
      await workbench.press('Escape');
      await story.choose(/4002.*EC/, 'Delete Certificate Authority…');
      await story.decline('Delete certificate authority "{0}" from this computer?');
      await story.run('Forget Saved Passphrases');
    },
  ],
  [
    'Create X.509 Device',
    async (story, workbench) => {
      const create = async (id, issuer) => {
        await story.run('Create X.509 Device…');
        await story.step(deviceId, { invalid: '1/1', text: id });
        await story.step('Select the issuer of the device certificate', { pick: issuer });
        await story.step('Select whether to protect the private key with a passphrase', {
          pick: 'Devices read their key unattended. Only you can read the file.',
        });
        await story.toast('Device "{0}" is registered with a certificate that is valid until {1}.');
        await story.clearNotifications();
      };
      await create('5001', 'The hub compares thumbprints. No certificate authority is needed.');
      await create('5002', /4002/);
      await story.choose('5001', 'Check Device Certificate');
      await story.toast('The certificate of "{0}" is valid. {1} will accept it.');
      await story.choose('5002', 'Check Device Certificate');
      await story.step('1 problem found. Select it to apply a fix, if available.');
      await story.leave();
      await story.choose('5001', 'Renew Device Certificate…');
      await story.step('Select whether to protect the private key with a passphrase', {
        pick: 'With a passphrase…',
      });
      await story.step(protection, { text: '' });
      await story.decline('Store the private key of "{0}" without a passphrase?');
      await story.choose('5002', 'Issue Device Certificate…');
      await story.step('Select the issuer of the device certificate');
      await story.leave();
      await story.clearNotifications();
      await story.expand(/4002.*EC/);
      await story.expand(t('Self-signed'));
      await story.readTooltips();
      await story.readMenu('5001');
    },
  ],
  [
    'Create X.509 Devices from File',
    async (story, workbench) => {
      const file = path.join(workbench.folder, '6.csv');
      writeFileSync(file, '6001\n6 002\n5001\n');
      await story.run('Create X.509 Devices from File…');
      await story.step('Select a list of device IDs: one per line, or the first column of a CSV file');
      await workbench.answerFile(file);
      await story.answerDialog(
        '{0} of {1} lines are not valid. Continue with the remaining {2}?',
        'Continue',
      );
      await story.step('{0} devices. Select what to do with those that already exist on {1}.', {
        pick: 'Skip existing devices',
      });
      await story.step('Select the issuer of the device certificate', { pick: /4002/ });
      await story.step('Select whether to protect the private key with a passphrase', {
        pick: 'Devices read their key unattended. Only you can read the file.',
      });
      await story.answerDialog('Create {0} X.509 devices on {1}?', 'Create Devices');
      await story.toast('{0} of {1} devices have a new certificate.');
      await story.clearNotifications();
    },
  ],
  [
    'Clean Up and its report',
    async (story, workbench) => {
      await story.run('Clean Up…');
      await story.step('Selected resources and everything they contain will be deleted.');
      await workbench.quickInput.press('Enter');
      await workbench.dialog();
      await workbench.press('Escape');
      await workbench.quickInput.waitFor({ state: 'hidden' });
      await story.run('Clean Up…');
      await story.step('Selected resources and everything they contain will be deleted.');
      await workbench.quickRow(/4002/).last().click();
      await workbench.quickInput.press('Enter');
      await story.answerDialog('Delete {0}?', 'Continue…');
      await story.step('Type "{0}" to permanently delete it and all other listed resources.', {
        invalid: '1',
        text: '4002',
      });
      await story.toast('Clean Up: {0}');
      await story.answerToast('Clean Up: {0}', 'Show Details');
      await story.readEditor(/4002/);
      await story.clearNotifications();
    },
  ],
];
