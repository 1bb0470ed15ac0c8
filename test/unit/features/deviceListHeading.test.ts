import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createX509Devices } from '../../../src/features/deviceCertificates/createX509Devices';
import { hubId, PageHub } from '../../pages/support/hub';
import { fake } from '../../support/fakeVscode';

let folder: string;
beforeEach(() => {
  fake.reset();
  folder = mkdtempSync(path.join(os.tmpdir(), 'device-list-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The questions until the one about existing devices, each answered with a choice. */
async function questions(content: string | Buffer, answer: string): Promise<readonly string[]> {
  fake.openFile = path.join(folder, 'devices.csv');
  writeFileSync(fake.openFile, content);
  const asked: string[] = [];
  fake.onQuickPick = (pick) => {
    asked.push(pick.placeholder ?? '');
    const item = pick.items.find(({ label }) => label === answer);
    if (!item) return pick.hide();
    pick.select([item]);
    pick.accept();
  };
  await expect(
    createX509Devices(new PageHub('data').services as never, { kind: 'hub', hubId }),
  ).rejects.toThrow();
  return asked;
}

describe('The first line of a device list', () => {
  const list = 'Serial Number\nsn-001\nsn-002\n';
  const question = 'The first line looks unlike the others. Select what "Serial Number" is.';
  const existing = (count: number) =>
    `${count} devices. Select what to do with those that already exist on plant.`;

  it.each([
    ['UTF-8', Buffer.from(list)],
    ['UTF-16', Buffer.from(`\uFEFF${list}`, 'utf16le')],
  ])('names the column if the user says so: %s', async (_, content) => {
    expect(await questions(content, 'The name of the column')).toEqual([question, existing(2)]);
  });

  it('is a device if the user says so', async () => {
    expect(await questions(list.replace(' ', '-'), 'A device ID')).toEqual([
      question.replace(' Number', '-Number'),
      existing(3),
    ]);
  });

  it('is not asked for if it looks like the others, or is a known name', async () => {
    expect(await questions('sn-001\nsn-002\n', '')).toEqual([existing(2)]);
    expect(await questions('deviceId\nsn-001\nsn-002\n', '')).toEqual([existing(2)]);
  });
});
