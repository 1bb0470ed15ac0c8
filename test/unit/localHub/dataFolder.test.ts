import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restrictDataFolder } from '../../../src/localHub/files';
import { makeFolder } from './support/openHubData';

let folder: string;
beforeEach(() => {
  folder = makeFolder();
  for (const name of ['hub.db', 'ca.key', 'ca.pem']) fs.writeFileSync(path.join(folder, name), '');
  fs.mkdirSync(path.join(folder, 'hubs'));
  for (const [name, mode] of Object.entries({
    'hub.db': 0o644,
    'ca.key': 0o600,
    'ca.pem': 0o644,
    hubs: 0o755,
    '.': 0o750,
  }))
    fs.chmodSync(path.join(folder, name), mode);
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const mode = (name: string) => (fs.statSync(path.join(folder, name)).mode & 0o777).toString(8);
const restrict = () => restrictDataFolder(folder, (name) => /^(hub\.db|ca\.(key|pem))$/.test(name)).sort();

describe.skipIf(process.platform === 'win32')('an existing data folder that others can read', () => {
  it('is restricted with its secret files, and reported', () => {
    expect(restrict()).toEqual([
      `Other users had access to ${folder} (mode 750). It was removed.`,
      `Other users had access to ${path.join(folder, 'hub.db')} (mode 644). It was removed.`,
      `Other users had access to ${path.join(folder, 'hubs')} (mode 755). It was removed.`,
    ]);
    expect(['.', 'hub.db', 'ca.key', 'ca.pem', 'hubs'].map(mode)).toEqual([
      '700',
      '600',
      '600',
      '644',
      '700',
    ]);
    expect(restrict()).toEqual([]);
  });

  it('keeps its mode if it contains files of others, which is reported', () => {
    fs.writeFileSync(path.join(folder, 'notes.txt'), '', { mode: 0o644 });
    expect(restrict()).toContain(
      `Other users have access to the data folder ${folder} (mode 750). It also contains other files, so its mode was not changed: choose a separate folder.`,
    );
    expect(['.', 'hub.db', 'hubs', 'notes.txt'].map(mode)).toEqual(['750', '600', '700', '644']);
  });

  it('leaves what links lead to unchanged', () => {
    const other = makeFolder();
    fs.chmodSync(other, 0o755);
    fs.rmSync(path.join(folder, 'hub.db'));
    fs.symlinkSync(other, path.join(folder, 'hub.db'));
    restrict();
    expect(fs.statSync(other).mode & 0o777).toBe(0o755);
    fs.rmdirSync(other);
  });
});
