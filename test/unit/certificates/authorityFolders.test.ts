import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type NewAuthority } from '../../../src/core/certificate/authorityStore';
import { type CertificateWithKey } from '../../../src/core/certificate/certificateWork';
import { AuthorityFolders } from '../../../src/certificates/authorityFolders';
import { addToGitIgnore, findGitWorkTree } from '../../../src/certificates/gitIgnore';
import { safeName } from '../../../src/certificates/safeNames';
import { engine, issuerOf } from './support/openssl';

const now = Date.now();
let root: CertificateWithKey;
let middle: CertificateWithKey;
let folder: string;
let problems: string[];

const create = (commonName: string, issuer?: CertificateWithKey) =>
  engine.createAuthority({
    subject: { commonName },
    keyType: 'ec-p256',
    days: 100,
    now,
    issuer: issuer && issuerOf(issuer),
  });
const issue = (deviceId: string, issuer?: CertificateWithKey) =>
  engine.issueDevice({ deviceId, keyType: 'ec-p256', days: 10, now, issuer: issuer && issuerOf(issuer) });

beforeAll(async () => {
  root = await create('Root');
  middle = await create('Middle', root);
});
beforeEach(() => {
  folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-workbench-store-'));
  problems = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** One store per window: they share only the disk. */
const open = (location = 'default') =>
  new AuthorityFolders({
    defaultFolder: () => path.join(folder, location),
    registryFile: path.join(folder, 'state', 'registry.json'),
    onProblem: (text) => problems.push(text),
  });
const anAuthority = (made: CertificateWithKey, change: Partial<NewAuthority> = {}): NewAuthority => ({
  name: 'Factory CA',
  certificate: made.certificate,
  chain: [],
  key: made.key,
  isKeyEncrypted: false,
  ...change,
});
const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
const isPosix = process.platform !== 'win32';

describe('Certificate authority folder', () => {
  it('stores a certificate authority with its chain and key, accessible to the owner only', async () => {
    const store = open();
    let changes = 0;
    store.onDidChange(() => changes++);
    const parent = await store.add(anAuthority(root, { name: 'Root: 1/2' }));
    const added = await store.add(
      anAuthority(middle, { chain: [root.certificate], parentId: parent.id, isKeyEncrypted: true }),
    );
    expect(changes).toBe(2);
    expect(path.basename(parent.folder)).toBe('Root_ 1_2');
    expect(added).toMatchObject({ name: 'Factory CA', parentId: parent.id, isKeyEncrypted: true });
    expect(added.id).toBe(added.info.sha256.slice(0, 16).toLowerCase());
    expect(readdirSync(added.folder).sort()).toEqual(['authority.json', 'ca.key.pem', 'ca.pem', 'chain.pem']);
    expect(await store.read(added.certificateFile)).toBe(middle.certificate);
    expect(await store.read(added.chainFile)).toBe(middle.certificate + root.certificate);
    expect(await store.read(added.keyFile ?? '')).toBe(middle.key);
    if (isPosix) {
      expect([folder, path.dirname(added.folder), added.folder].map(mode)).toEqual(['700', '700', '700']);
      for (const name of readdirSync(added.folder)) expect(mode(path.join(added.folder, name))).toBe('600');
    }
    expect(await open().list()).toEqual([parent, added]);
    expect(await store.get(added.id)).toEqual(added);
    await expect(store.get('other')).rejects.toMatchObject({ code: 'notFound' });
    await expect(store.add(anAuthority(root))).rejects.toMatchObject({
      code: 'alreadyExists',
      message: expect.stringContaining(parent.folder) as string,
    });
  });

  it('never reuses the folder of another certificate authority, ignoring case', async () => {
    const store = open();
    const names = ['Same', 'same', 'SAME', 'self-signed', 'CON', '...'];
    const folders: string[] = [];
    for (const name of names) {
      folders.push(path.basename((await store.add(anAuthority(await create(name), { name }))).folder));
    }
    expect(folders).toEqual(['Same', 'same-2', 'SAME-3', 'self-signed-2', '_CON', 'authority']);
    mkdirSync(path.join(folder, 'default', 'Theirs'));
    writeFileSync(path.join(folder, 'default', 'Theirs', 'ca.pem'), 'theirs');
    const own = await store.add(anAuthority(root, { name: 'Theirs' }));
    expect(path.basename(own.folder)).toBe('Theirs-2');
    expect(readFileSync(path.join(folder, 'default', 'Theirs', 'ca.pem'), 'utf8')).toBe('theirs');
    // Two windows use the same name at the same time.
    const [a, b] = await Promise.all(
      [await create('a'), await create('b')].map((made) => open().add(anAuthority(made, { name: 'Twin' }))),
    );
    expect([a?.folder, b?.folder].map((file) => path.basename(file ?? '')).sort()).toEqual([
      'Twin',
      'Twin-2',
    ]);
    expect(await open().list()).toHaveLength(9);
  });

  it('finds folders elsewhere and after the default location has changed', async () => {
    const parentFolder = path.join(folder, 'usb', 'deep');
    const elsewhere = await open().add(anAuthority(root, { parentFolder }));
    expect(path.dirname(elsewhere.folder)).toBe(parentFolder);
    const normal = await open().add(anAuthority(middle));
    expect((await open('other place').list()).map(({ folder: where }) => where)).toEqual([
      elsewhere.folder,
      normal.folder,
    ]);
  });

  it('keeps all certificate authorities that several windows add at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, (_, i) => create(`CA ${i}`)));
    const parentFolder = path.join(folder, 'elsewhere');
    await Promise.all(made.map((one) => open().add(anAuthority(one, { parentFolder }))));
    expect(await open().list()).toHaveLength(8);
    expect(readdirSync(path.join(folder, 'state'))).toEqual(['registry.json']);
  });

  it('ignores damaged, missing, and foreign folders and logs each problem once', async () => {
    const store = open();
    const good = await store.add(anAuthority(root));
    const bad = await store.add(anAuthority(middle));
    const gone = await store.add(anAuthority(await create('Gone')));
    const swapped = await store.add(anAuthority(await create('Swapped')));
    writeFileSync(path.join(bad.folder, 'authority.json'), '{"id":');
    rmSync(gone.folder, { recursive: true });
    writeFileSync(swapped.certificateFile, root.certificate);
    mkdirSync(path.join(folder, 'default', 'foreign'));
    writeFileSync(path.join(folder, 'default', 'file'), '');
    expect(await store.list()).toEqual([good]);
    expect(await store.list()).toEqual([good]);
    expect(
      problems.map((text) => [bad, gone, swapped].findIndex((one) => text.includes(one.folder))).sort(),
    ).toEqual([0, 1, 2]);
    writeFileSync(path.join(folder, 'state', 'registry.json'), 'no JSON');
    expect(await store.list()).toEqual([good]);
  });

  it('finds a renamed folder with its issued certificates', async () => {
    const store = open();
    const { folder: before, id } = await store.add(anAuthority(root));
    await store.addIssued({
      authorityId: id,
      deviceId: 'd',
      ...(await issue('d', root)),
      isKeyEncrypted: false,
    });
    renameSync(before, `${before} moved`);
    const [moved] = await store.list();
    expect(moved).toMatchObject({ id, folder: `${before} moved` });
    const [issued] = await store.issued();
    expect(existsSync(issued?.certificateFile ?? '')).toBe(true);
  });

  it.runIf(isPosix && process.getuid?.() !== 0)('reports a folder that cannot be written', async () => {
    mkdirSync(path.join(folder, 'default'));
    chmodSync(path.join(folder, 'default'), 0o500);
    await expect(open().add(anAuthority(root))).rejects.toMatchObject({ code: 'refused' });
  });

  it('reports a missing file', async () => {
    await expect(open().read(path.join(folder, 'gone.pem'))).rejects.toMatchObject({ code: 'notFound' });
  });
});

describe('Issued certificates', () => {
  it('stores an issued certificate with its intermediates', async () => {
    const store = open();
    await store.add(anAuthority(root));
    const { id, folder: own } = await store.add(anAuthority(middle, { chain: [root.certificate] }));
    const leaf = await issue('sensor/1', middle);
    const added = await store.addIssued({
      authorityId: id,
      deviceId: 'sensor/1',
      hubHostName: 'h.azure-devices.net',
      ...leaf,
      isKeyEncrypted: false,
    });
    expect(added).toMatchObject({ authorityId: id, deviceId: 'sensor/1', key: 'EC P-256' });
    const serial = added.serialNumber.slice(0, 8).toLowerCase();
    expect(path.relative(own, added.certificateFile)).toBe(path.join('devices', `sensor_1-${serial}.pem`));
    expect(await store.read(added.certificateFile)).toBe(leaf.certificate + middle.certificate);
    expect(await store.read(added.keyFile ?? '')).toBe(leaf.key);
    if (isPosix) expect(mode(added.keyFile ?? '')).toBe('600');
    expect(await open().issued()).toEqual([added]);
    await expect(
      store.addIssued({ authorityId: 'gone', deviceId: 'd', ...leaf, isKeyEncrypted: false }),
    ).rejects.toMatchObject({ code: 'notFound' });
  });

  it('stores self-signed certificates in a separate folder', async () => {
    const store = open();
    const leaf = await issue('alone');
    const added = await store.addIssued({ deviceId: 'alone', ...leaf, isKeyEncrypted: false });
    expect(added.authorityId).toBeUndefined();
    expect(added.certificateFile).toContain(path.join('default', 'self-signed', 'devices', 'alone-'));
    expect(await store.read(added.certificateFile)).toBe(leaf.certificate);
    expect(await open('other place').issued()).toEqual([added]);
    expect(await store.list()).toEqual([]);
  });

  it('never overwrites the files of another certificate', async () => {
    const store = open();
    const leaf = await issue('d');
    const one = { deviceId: 'd', ...leaf, isKeyEncrypted: false };
    const first = await store.addIssued(one);
    writeFileSync(first.certificateFile, 'changed by hand');
    const second = await store.addIssued(one);
    expect(second.certificateFile).toBe(first.certificateFile.replace('.pem', '-2.pem'));
    expect(readFileSync(first.certificateFile, 'utf8')).toBe('changed by hand');
    expect(readdirSync(path.dirname(first.certificateFile))).toHaveLength(4);
  });

  it('reads the index after a crash in the middle of a line', async () => {
    const store = open();
    const { id, folder: own } = await store.add(anAuthority(root));
    const index = path.join(own, 'issued.jsonl');
    const add = async (deviceId: string) =>
      store.addIssued({ authorityId: id, deviceId, ...(await issue(deviceId, root)), isKeyEncrypted: false });
    await add('a');
    await add('b');
    truncateSync(index, statSync(index).size - 20);
    expect((await store.issued()).map(({ deviceId }) => deviceId)).toEqual(['a']);
    await add('c');
    appendFileSync(index, '{"id":"x","certificateFile":"../../../etc/passwd.pem"}\n[]\nnull\n');
    expect((await open().issued()).map(({ deviceId }) => deviceId)).toEqual(['a', 'c']);
    expect(problems.at(-1)).toMatch(/^Ignored 4 unreadable lines of .*issued\.jsonl\.$/);
  });

  it('keeps all certificates that several windows add at the same time', async () => {
    const { id } = await open().add(anAuthority(root));
    const leaves = await Promise.all(Array.from({ length: 40 }, (_, i) => issue(`d${i}`, root)));
    const [removed] = await open().addAllIssued([
      { authorityId: id, deviceId: 'removed', ...(await issue('removed', root)), isKeyEncrypted: false },
    ]);
    await Promise.all([
      ...leaves.map((leaf, i) =>
        open().addIssued({ authorityId: id, deviceId: `d${i}`, ...leaf, isKeyEncrypted: false }),
      ),
      open().removeIssued(removed?.id ?? ''),
    ]);
    const ids = (await open().issued()).map(({ deviceId }) => deviceId);
    expect(ids.sort()).toEqual(leaves.map((_, i) => `d${i}`).sort());
  });

  it('stores many certificates with one index line each and no temporary files left', async () => {
    const store = open();
    const { id, folder: own } = await store.add(anAuthority(root));
    const leaf = await issue('d', root);
    const other = await issue('d', root);
    const many = Array.from({ length: 300 }, (_, i) => ({
      authorityId: id,
      deviceId: `d${i}`,
      ...(i % 2 ? leaf : other),
      isKeyEncrypted: false,
    }));
    let changes = 0;
    store.onDidChange(() => changes++);
    const added = await store.addAllIssued(many);
    expect(changes).toBe(1);
    expect(added.map(({ deviceId }) => deviceId)).toEqual(many.map(({ deviceId }) => deviceId));
    expect(readFileSync(path.join(own, 'issued.jsonl'), 'utf8').split('\n')).toHaveLength(301);
    expect(readdirSync(path.join(own, 'devices'))).toHaveLength(600);
    expect(readdirSync(path.join(own, 'devices')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('indexes the certificates that were stored before a failure', async () => {
    const store = open();
    const leaf = await issue('d');
    const good = { deviceId: 'good', ...leaf, isKeyEncrypted: false };
    const bad = { ...good, deviceId: 'bad', certificate: 'no certificate' };
    await expect(store.addAllIssued([good, bad])).rejects.toMatchObject({ code: 'invalidInput' });
    expect((await store.issued()).map(({ deviceId }) => deviceId)).toEqual(['good']);
  });
});

describe('Removal', () => {
  it('deletes the files of the store only', async () => {
    const store = open();
    const kept = await store.add(anAuthority(middle));
    const { id, folder: own } = await store.add(anAuthority(root));
    const add = async (deviceId: string) =>
      store.addIssued({ authorityId: id, deviceId, ...(await issue(deviceId, root)), isKeyEncrypted: false });
    const first = await add('a');
    await add('b');
    await store.removeIssued(first.id);
    expect((await open().issued()).map(({ deviceId }) => deviceId)).toEqual(['b']);
    expect(readdirSync(path.join(own, 'devices'))).toHaveLength(2);
    await expect(store.removeIssued(first.id)).rejects.toMatchObject({ code: 'notFound' });
    // The index is not trusted; it must not cause the deletion of other files.
    writeFileSync(path.join(folder, 'precious.pem'), 'precious');
    const entry = {
      ...first,
      id: 'evil',
      certificateFile: '../../precious.pem',
      keyFile: 'devices/../../../precious.pem',
    };
    appendFileSync(path.join(own, 'issued.jsonl'), `${JSON.stringify(entry)}\n`);
    writeFileSync(path.join(own, 'notes.txt'), 'mine');
    writeFileSync(path.join(own, 'devices', 'mine.pem'), 'mine');
    writeFileSync(path.join(own, 'devices', '.b.key.pem.0123456789ab.tmp'), 'left by a crash');
    await store.remove(id);
    expect(readdirSync(own).sort()).toEqual(['devices', 'notes.txt']);
    expect(readdirSync(path.join(own, 'devices'))).toEqual(['mine.pem']);
    expect(existsSync(path.join(folder, 'precious.pem'))).toBe(true);
    expect(await open().list()).toEqual([kept]);
    expect(await open().issued()).toEqual([]);
    await store.remove(kept.id);
    expect(existsSync(kept.folder)).toBe(false);
    await expect(store.remove(kept.id)).rejects.toMatchObject({ code: 'notFound' });
  });
});

describe('Safe file name', () => {
  it.each([
    ['Factory CA', 'Factory CA'],
    ['../../etc', '_.._etc'],
    ['C:\\Windows', 'C__Windows'],
    ['nul', '_nul'],
    ['COM1.txt', '_COM1.txt'],
    ['console', 'console'],
    ['end. ', 'end'],
    ['.hidden', 'hidden'],
    ['a\u0000b\nc', 'a_b_c'],
    ['Müller 東京', 'Müller 東京'],
    ['', 'device'],
    ['x'.repeat(200), 'x'.repeat(60)],
  ])('turns %j into %j', (text, name) => expect(safeName(text, 'device')).toBe(name));
});

describe('Git working tree', () => {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: path.join(folder, 'work'), encoding: 'utf8' }).trim();

  it('finds the working tree of a folder that may not exist yet, and adds the folder to .gitignore', async () => {
    const work = path.join(folder, 'work');
    const key = path.join(work, 'a', '#odd [name]!*', 'ca.key.pem');
    mkdirSync(path.dirname(key), { recursive: true });
    writeFileSync(key, '');
    expect(await findGitWorkTree(path.dirname(key))).toBeUndefined();
    git('init', '-q');
    expect(await findGitWorkTree(path.join(work, 'not', 'there'))).toBe(work);
    expect(await findGitWorkTree(folder)).toBeUndefined();
    writeFileSync(path.join(work, '.gitignore'), 'node_modules');
    for (let i = 0; i < 2; i++) await addToGitIgnore(work, path.dirname(key));
    expect(readFileSync(path.join(work, '.gitignore'), 'utf8')).toBe(
      'node_modules\n/a/\\#odd \\[name\\]\\!\\*/\n',
    );
    expect(git('check-ignore', key)).toContain('ca.key.pem');
    await expect(addToGitIgnore(work, work)).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(addToGitIgnore(work, folder)).rejects.toMatchObject({ code: 'invalidInput' });
  });

  it.runIf(isPosix)(
    'takes access of other users away from keys and their folders, and logs it once',
    async () => {
      const store = open();
      const authority = await store.add(anAuthority(root));
      const key = authority.keyFile ?? '';
      await store.addIssued({
        authorityId: authority.id,
        deviceId: 'd',
        ...(await issue('d', root)),
        isKeyEncrypted: false,
      });
      const devices = path.join(authority.folder, 'devices');
      chmodSync(authority.folder, 0o755);
      chmodSync(devices, 0o750);
      chmodSync(key, 0o644);
      await store.list();
      await store.list();
      expect([authority.folder, devices, key].map(mode)).toEqual(['700', '700', '600']);
      expect(problems).toEqual([
        `Other users had access to ${authority.folder} (mode 755). It was removed.`,
        `Other users had access to ${devices} (mode 750). It was removed.`,
        `Other users had access to ${key} (mode 644). It was removed.`,
      ]);
    },
  );

  it('does not write to a .gitignore that is a symbolic link', async () => {
    const elsewhere = path.join(folder, 'elsewhere');
    mkdirSync(path.join(folder, 'work'));
    writeFileSync(elsewhere, 'kept');
    symlinkSync(elsewhere, path.join(folder, 'work', '.gitignore'));
    await expect(
      addToGitIgnore(path.join(folder, 'work'), path.join(folder, 'work', 'ca')),
    ).rejects.toMatchObject({ code: 'invalidInput' });
    expect(readFileSync(elsewhere, 'utf8')).toBe('kept');
  });

  it('finds a working tree whose .git is a file', async () => {
    mkdirSync(path.join(folder, 'sub', 'deep'), { recursive: true });
    writeFileSync(path.join(folder, 'sub', '.git'), 'gitdir: ../x');
    expect(await findGitWorkTree(path.join(folder, 'sub', 'deep'))).toBe(path.join(folder, 'sub'));
  });
});
