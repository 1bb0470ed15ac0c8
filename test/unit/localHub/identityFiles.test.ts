import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTlsIdentity, type TlsIdentity } from '../../../src/localHub/tlsIdentity';
import { makeFolder } from './support/openHubData';

let folder: string;
let reports: string[];
const names = { dns: ['localhost'], addresses: ['127.0.0.1'] };
const load = (): Promise<TlsIdentity> =>
  loadTlsIdentity(folder, names, Date.now(), folder, (text) => reports.push(text));
const fileOf = (name: string): string => path.join(folder, name);
const asideOf = (name: string): string[] =>
  fs.readdirSync(folder).filter((each) => each.startsWith(`${name}.damaged-`));

beforeEach(() => {
  folder = makeFolder();
  reports = [];
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('the certificate files of a hub', () => {
  it('are used again by the next start', async () => {
    const first = await load();
    expect(await load()).toEqual(first);
    expect(reports).toEqual([]);
  });

  it.each<[string, string, RegExp, (file: string) => void]>([
    ['ca.pem', 'empty', /ca\.pem cannot be used \(it is empty\)/, (file) => fs.truncateSync(file, 0)],
    ['ca.pem', 'not a certificate', /it is not a certificate/, (file) => fs.writeFileSync(file, 'text')],
    [
      'ca.key',
      'cut off',
      /ca\.key cannot be used \(it is not a private key\)/,
      (file) => fs.truncateSync(file, 60),
    ],
    ['ca.key', 'missing', /ca\.key cannot be used \(it is missing\)/, (file) => fs.rmSync(file)],
    ['ca.pem', 'missing', /ca\.pem cannot be used \(it is missing\)/, (file) => fs.rmSync(file)],
    [
      'ca.key',
      'of another certificate',
      /it does not belong to the certificate/,
      (file) => fs.copyFileSync(fileOf('server.key'), file),
    ],
    [
      'server.key',
      'a folder',
      /server\.key cannot be used \(it is a folder\)/,
      (file) => {
        fs.rmSync(file);
        fs.mkdirSync(file);
      },
    ],
    [
      'server-rsa.key',
      'missing',
      /server-rsa\.key cannot be used \(it is missing\)/,
      (file) => fs.rmSync(file),
    ],
    [
      'server-rsa.key',
      'of another certificate',
      /it does not belong to the certificate/,
      (file) => fs.copyFileSync(fileOf('server.key'), file),
    ],
    [
      'server.pem',
      'bytes',
      /server\.pem cannot be used \(it is not a certificate\)/,
      (file) => fs.writeFileSync(file, Buffer.alloc(900, 0xfe)),
    ],
  ])('are set aside and replaced if %s is %s', async (name, _, reason, damage) => {
    const first = await load();
    damage(fileOf(name));
    const pair = ['pem', 'key'].map((extension) => `${path.parse(name).name}.${extension}`);
    const left = pair.filter((each) => fs.existsSync(fileOf(each)) && fs.statSync(fileOf(each)).isFile());
    const before = left.map((each) => fs.readFileSync(fileOf(each)));
    const second = await load();
    expect(reports).toEqual([expect.stringMatching(reason)]);
    expect(left.map((each) => fs.readFileSync(fileOf(asideOf(each)[0] ?? 'none')))).toEqual(before);
    for (const each of left) expect(reports[0]).toContain(fileOf(asideOf(each)[0] ?? 'none'));
    expect(second.rsaServer.certificate).not.toBe(first.rsaServer.certificate);
    // It is left alone if only the other one is damaged.
    expect(second.server.certificate === first.server.certificate).toBe(name.startsWith('server-rsa'));
    execFileSync('openssl', [
      'verify',
      '-CAfile',
      fileOf('ca.pem'),
      fileOf('server.pem'),
      fileOf('server-rsa.pem'),
    ]);
    expect(await load()).toEqual(second);
    expect(reports).toHaveLength(1);
  });
});
