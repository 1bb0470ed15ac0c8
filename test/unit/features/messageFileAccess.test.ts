import {
  mkdtempSync,
  mkdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Uri } from 'vscode';
import { commands, webviews } from '../../../src/contributions';
import { newDraft } from '../../../src/core/publish/draft';
import { registerPublish } from '../../../src/features/publish/publishFeature';
import { type PanelState } from '../../../src/webview/publish/api';
import { commandRegistrar } from '../../../src/workbench/commands';
import { hubId, PageHub } from '../../pages/support/hub';
import { fake, FakeWebviewPanel, memento } from '../../support/fakeVscode';
import { strict } from '../../support/vscode/strict';

const secret = 'content of a file outside the workspace';
let base: string;
let folder: string;
let hub: PageHub;
let feature: { dispose(): void };

beforeEach(() => {
  fake.reset();
  base = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'message-file-')));
  folder = path.join(base, 'workspace');
  mkdirSync(path.join(folder, 'messages'), { recursive: true });
  writeFileSync(path.join(base, 'secret.txt'), secret);
  writeFileSync(path.join(folder, 'inside.txt'), 'inside');
  fake.folder = folder;
  hub = new PageHub('data');
  const extension = strict('ExtensionContext', {
    extensionUri: Uri.file(base),
    workspaceState: memento(),
  }) as unknown as Parameters<typeof registerPublish>[1];
  feature = registerPublish(hub.services, extension, commandRegistrar(hub.services.log));
});

afterEach(() => {
  feature.dispose();
  rmSync(base, { recursive: true });
});

const sent = () => hub.sent.map(({ payload }) => Buffer.from(payload).toString());
const modals = () => fake.shown.filter(({ isModal }) => isModal);

/** Sends a message file with this body file. */
async function send(bodyFile: string, file = path.join(folder, 'messages', 'm.d2c.json')): Promise<void> {
  writeFileSync(file, JSON.stringify({ devices: 'boiler-1', bodyFile, messageId: '' }));
  await fake.registeredCommands.get(commands.sendMessageFile)?.(Uri.file(file));
}

/** Messages about the body in the newest panel. */
async function bodyProblems(): Promise<readonly string[]> {
  const webview = fake.webviewPanels.at(-1)?.webview;
  const before = webview?.posted.length ?? 0;
  webview?.receive({ type: 'ready', body: { page: 'publish' } });
  const state = () =>
    webview?.posted.slice(before).findLast(({ type }) => type === 'state')?.body as PanelState | undefined;
  await expect.poll(state).toBeDefined();
  return (state()?.problems ?? []).filter(({ field }) => field === 'body').map(({ message }) => message);
}

const outside: readonly (readonly [string, () => string])[] = [
  ['a relative path', () => '../../secret.txt'],
  ['an absolute path', () => path.join(base, 'secret.txt')],
  [
    'a symbolic link inside the workspace',
    () => {
      symlinkSync(path.join(base, 'secret.txt'), path.join(folder, 'link.txt'));
      return '../link.txt';
    },
  ],
  [
    'a linked folder inside the workspace',
    () => {
      symlinkSync(base, path.join(folder, 'linked'));
      return '../linked/secret.txt';
    },
  ],
  [
    'a path that starts like the workspace',
    () => {
      mkdirSync(`${folder}-2`);
      writeFileSync(`${folder}-2/secret.txt`, secret);
      return `${folder}-2/secret.txt`;
    },
  ],
];

describe('A message file of a workspace', () => {
  it.each(['../inside.txt', './own.txt', '..names/own.txt'])(
    'sends a body file inside it: %s',
    async (bodyFile) => {
      mkdirSync(path.join(folder, 'messages', '..names'));
      for (const name of ['own.txt', '..names/own.txt'])
        writeFileSync(path.join(folder, 'messages', name), 'inside');
      await send(bodyFile);
      expect(sent()).toEqual(['inside']);
      expect(modals()).toEqual([]);
    },
  );

  it.each(outside)('asks with the full path before it sends a file outside it: %s', async (_, bodyFile) => {
    const named = bodyFile();
    await send(named);
    expect(sent()).toEqual([]);
    const real = realpathSync(path.resolve(folder, 'messages', named));
    expect(modals()).toMatchObject([
      { text: 'Send a file from outside the workspace?', buttons: ['Use File'] },
    ]);
    expect(modals()[0]?.detail).toContain(real);
    fake.button = 'Use File';
    await send(named);
    expect(sent()).toEqual([secret]);
    await send(named);
    expect(modals()).toHaveLength(3);
  });

  it.each(outside)('does not read a file outside it in Restricted Mode: %s', async (_, bodyFile) => {
    fake.isTrusted = false;
    fake.button = 'Send Anyway';
    await send(bodyFile());
    expect(sent()).toEqual([]);
    expect(await bodyProblems()).toEqual([
      expect.stringMatching(
        /^This workspace is not trusted, so .* cannot read files outside the workspace: .*secret\.txt$/,
      ),
    ]);
    expect(JSON.stringify(fake.webviewPanels.at(-1)?.webview.posted)).not.toContain(secret);
  });

  it('asks before it sends in Restricted Mode', async () => {
    fake.isTrusted = false;
    await send('../inside.txt');
    expect(sent()).toEqual([]);
    expect(modals()).toMatchObject([
      {
        text: 'This workspace is not trusted. Send the message of "m.d2c.json"?',
        detail: 'It is sent to plant as boiler-1.',
      },
    ]);
    fake.button = 'Send Anyway';
    await send('../inside.txt');
    expect(sent()).toEqual(['inside']);
  });

  it('does not send a file that a link was changed to after the question', async () => {
    symlinkSync(path.join(folder, 'inside.txt'), path.join(folder, 'link.txt'));
    await send('../link.txt');
    unlinkSync(path.join(folder, 'link.txt'));
    symlinkSync(path.join(base, 'secret.txt'), path.join(folder, 'link.txt'));
    const panel = fake.webviewPanels.at(-1);
    const draft = {
      ...newDraft(['boiler-1'], 600),
      body: { kind: 'file', path: path.join(folder, 'link.txt') },
    };
    panel?.webview.receive({ type: 'ready', body: { page: 'publish' } });
    panel?.webview.receive({ type: 'send', body: { draft } });
    await expect.poll(bodyProblems).toEqual([expect.stringMatching(/outside the workspace/)]);
    expect(sent()).toEqual(['inside']);
  });

  it('sends a file outside it that the user selects in the panel', async () => {
    fake.isTrusted = false;
    await send('../../secret.txt');
    const panel = fake.webviewPanels.at(-1);
    fake.openFile = path.join(base, 'secret.txt');
    panel?.webview.receive({ type: 'ready', body: { page: 'publish' } });
    panel?.webview.receive({ type: 'chooseBodyFile', body: {} });
    await expect.poll(bodyProblems).toEqual([]);
  });

  it('is not loaded if it is too large, and is read in UTF-16', async () => {
    const file = path.join(folder, 'm.d2c.json');
    writeFileSync(file, '');
    truncateSync(file, 8 * 1024 ** 3);
    await fake.registeredCommands.get(commands.sendMessageFile)?.(Uri.file(file));
    expect(fake.messages).toEqual(['m.d2c.json: A message file can have at most 16 MB.']);
    const text = JSON.stringify({ devices: 'boiler-1', text: 'ä', messageId: '' });
    writeFileSync(file, Buffer.from(`\uFEFF${text}`, 'utf16le'));
    await fake.registeredCommands.get(commands.sendMessageFile)?.(Uri.file(file));
    expect(sent()).toEqual(['ä']);
  });

  it('outside of any workspace reads only the folder of the file without a question', async () => {
    fake.folder = undefined;
    const file = path.join(folder, 'm.d2c.json');
    await send('inside.txt', file);
    expect(sent()).toEqual(['inside']);
    await send('../secret.txt', file);
    expect(sent()).toEqual(['inside']);
    expect(modals()).toHaveLength(1);
  });

  it('of a restored panel is not read outside the workspace until the file is selected again', async () => {
    const draft = {
      ...newDraft(['boiler-1'], 600),
      body: { kind: 'file', path: path.join(base, 'secret.txt') },
    };
    const panel = new FakeWebviewPanel(webviews.publish, '');
    await fake.serializers.get(webviews.publish)?.deserializeWebviewPanel(panel, {
      hub: { id: hubId, name: 'plant' },
      view: { draft, fileUri: null, kept: { text: '', path: '' } },
    });
    fake.webviewPanels.push(panel);
    expect(await bodyProblems()).toEqual([
      `The body file is outside the workspace. Select it again to use it: ${path.join(base, 'secret.txt')}`,
    ]);
  });
});
