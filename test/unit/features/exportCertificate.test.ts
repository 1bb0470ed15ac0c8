import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthorityFolders } from '../../../src/certificates/authorityFolders';
import { type CertificateWork } from '../../../src/core/certificate/certificateWork';
import { exportCertificate } from '../../../src/features/certificates/lazy/exportCertificate';
import { type Services } from '../../../src/services';
import { fake } from '../../support/fakeVscode';
import { strict } from '../../support/vscode/strict';
import { engine } from '../certificates/support/openssl';

let folder: string;
let target: string;
let services: Pick<Services, 'hubs' | 'authorities' | 'certificateWork' | 'passphrases'>;
let before: number;

beforeEach(async () => {
  fake.reset();
  // As open as it can be: what is private is private by itself.
  before = process.umask(0);
  folder = mkdtempSync(path.join(os.tmpdir(), 'export-'));
  target = path.join(folder, 'exported.p12');
  fake.saveAs = target;
  const authorities = new AuthorityFolders({
    defaultFolder: () => path.join(folder, 'certificates'),
    registryFile: path.join(folder, 'folders.json'),
  });
  const created = await engine.createAuthority({
    subject: { commonName: 'Factory CA' },
    keyType: 'ec-p256',
    days: 10,
    now: Date.now(),
  });
  await authorities.add({ name: 'Factory CA', chain: [], isKeyEncrypted: false, ...created });
  services = {
    authorities,
    certificateWork: engine as unknown as CertificateWork,
    passphrases: strict('passphrases', {
      use: async (_: unknown, run: (passphrase: string | undefined) => Promise<unknown>) => run(undefined),
    }) as unknown as Services['passphrases'],
    hubs: strict('hubs', {}) as Services['hubs'],
  };
});
afterEach(() => {
  process.umask(before);
  rmSync(folder, { recursive: true });
});

const exported = async (passphrase?: string) => {
  const { key } = await engine.readFiles([{ name: 'x', bytes: readFileSync(target) }], passphrase);
  return key;
};
const mode = (file: string) => statSync(file).mode & 0o777;

describe('Exporting a certificate with its private key', () => {
  it.each(['a new file', 'a file that others can read', 'a link'])(
    'writes %s for the user only',
    async (kind) => {
      const other = path.join(folder, 'other');
      writeFileSync(other, 'kept', { mode: 0o644 });
      if (kind === 'a file that others can read') writeFileSync(target, 'old', { mode: 0o644 });
      if (kind === 'a link') symlinkSync(other, target);
      fake.answers = ['Factory CA', 'PKCS#12', 'p12 secret', 'p12 secret'];
      await exportCertificate(services);
      expect(await exported('p12 secret')).toMatch(/PRIVATE KEY/);
      if (process.platform !== 'win32') expect(mode(target)).toBe(0o600);
      expect(readFileSync(other, 'utf8')).toBe('kept');
    },
  );

  it('asks a second time before it exports without a passphrase', async () => {
    fake.answers = ['Factory CA', 'PKCS#12', ''];
    await expect(exportCertificate(services)).rejects.toThrow();
    expect(fake.shown).toMatchObject([
      {
        isModal: true,
        text: 'Export the private key of "Factory CA" without a passphrase?',
        buttons: ['Enter Passphrase', 'Continue Without Passphrase'],
      },
    ]);
    expect(() => statSync(target)).toThrow('ENOENT');
    fake.answers = ['Factory CA', 'PKCS#12', ''];
    fake.button = 'Continue Without Passphrase';
    await exportCertificate(services);
    expect(await exported()).toMatch(/PRIVATE KEY/);
    if (process.platform !== 'win32') expect(mode(target)).toBe(0o600);
  });
});
