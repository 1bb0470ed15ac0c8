import type * as vscode from 'vscode';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { iconLabel, labelText, messageText, safeText, singleLine } from '../../../src/core/base/singleLine';
import { showError, showInformation, showWarning } from '../../../src/workbench/notifications';
import { withProgress } from '../../../src/workbench/progress';
import { askText, pickOne } from '../../../src/workbench/prompts';
import { createQuickPick, showPrompt, type PromptItem } from '../../../src/workbench/quickInputs';
import { ReadOnlyDocuments } from '../../../src/workbench/readOnlyDocuments';
import { showStatus } from '../../../src/workbench/statusTexts';
import { DisposableStore } from '../../../src/core/base/disposable';
import { rowOf, detailOf } from '../../../src/features/monitor/lazy/eventsView/rowText';
import { fake } from '../../support/fakeVscode';
import { FakeInputBox, type FakeQuickPick } from '../../support/vscode/questions';

afterEach(() => {
  vi.restoreAllMocks();
  fake.reset();
});

/** Names that a device, a hub, an account or a file could have. */
const hostile: Record<string, string> = {
  'an icon': 'pump $(trash) 1',
  'an icon that moves': '$(loading~spin)',
  'an escaped icon': String.raw`\$(trash)`,
  'a link to a command': '[Details](command:workbench.action.terminal.new)',
  'a link to a page': '[Details](https://example.com "title")',
  'an image': '![x](https://example.com/x.png)',
  'line breaks': 'a\nb\r\nc\u2028d\u2029e\u0085f',
  'escape sequences': '\u001b[31mred\u009b0m\u0007',
  'marks of direction': 'a\u202eb\u2066c\u200fd\u061ce',
  'characters without a glyph': 'a\u200bb\u2060c\ufeffd\u00ade\u200df\u{e0041}g\u115fh',
  'a lone surrogate': 'a\ud800b',
};

/** What VS Code draws as an icon, and not as text. */
const icons = (text: string) => [...text.matchAll(/(\\)?\$\([a-z~-]+\)/g)].filter(([, mark]) => !mark);
const links = (text: string) => [...text.matchAll(/\[[^\]]+\]\((?:https?:\/\/|command:|file:)/g)];
const unseen = /(?!\n|\t)[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u;

interface Expected {
  readonly mayHaveLines?: boolean;
  readonly icons?: number;
  /** Icons and links are not drawn there. */
  readonly isPlain?: boolean;
}

function expectSafe(text: string | undefined, expected: Expected = {}): void {
  expect(text).toBeTruthy();
  expect(text).not.toMatch(unseen);
  if (!expected.mayHaveLines) expect(text).not.toContain('\n');
  if (expected.isPlain) return;
  expect(links(text ?? '')).toEqual([]);
  if (expected.icons !== undefined) expect(icons(text ?? '')).toHaveLength(expected.icons);
}

describe.each(Object.entries(hostile))('a name with %s is text', (_, name) => {
  it('in quick picks', async () => {
    let shown: readonly (string | undefined)[] = [];
    fake.onQuickPick = (pick: FakeQuickPick<vscode.QuickPickItem>) => {
      shown = [pick.title, pick.placeholder];
      for (const { label, description, detail, kind } of pick.items) {
        if (kind !== undefined) expectSafe(label, { icons: 0 });
        else {
          expectSafe(label, { icons: label.startsWith('$(key) ') ? 1 : 0 });
          expectSafe(description, { icons: 0 });
          expectSafe(detail, { icons: 0 });
        }
      }
      pick.select(pick.items.slice(-1));
      pick.accept();
    };
    const choices = [
      { label: name, description: name, detail: name, group: name, value: 1 },
      { icon: 'key', label: name, description: name, detail: name, group: name, value: 2 },
    ];
    expect(await pickOne({ title: name, placeholder: name, choices })).toBe(2);
    for (const text of shown) expectSafe(text, { isPlain: true });
  });

  it('in quick picks of several items, whose items stay the same', async () => {
    const items: PromptItem[] = [
      { icon: 'key', label: name, detail: name, detailIcon: 'warning' },
      { label: 'b' },
    ];
    const store = new DisposableStore();
    const pick = createQuickPick<PromptItem>(store);
    pick.title = 'Select';
    pick.items = items;
    pick.selectedItems = items.slice(0, 1);
    pick.activeItems = items.slice(1);
    const [first] = pick.selectedItems;
    expectSafe(first?.label, { icons: 1 });
    expectSafe(first?.detail, { icons: 1 });
    expect(pick.items.indexOf(first as PromptItem)).toBe(0);
    expect(pick.items.indexOf(pick.activeItems[0] as PromptItem)).toBe(1);
    fake.onQuickPick = (shown: FakeQuickPick<vscode.QuickPickItem>) => shown.accept();
    await new Promise<void>((resolve) => {
      store.add(pick.onDidAccept(() => resolve()));
      showPrompt(pick);
    });
    store.dispose();
  });

  it('in input boxes', async () => {
    let input: FakeInputBox | undefined;
    const textOf = (message: FakeInputBox['validationMessage']) =>
      typeof message === 'object' ? message.message : message;
    const onShow = (shown: FakeInputBox) => {
      input = shown;
      expectSafe(shown.title, { isPlain: true });
      expectSafe(shown.prompt, { mayHaveLines: true });
      expectSafe(shown.placeholder, { isPlain: true });
      expectSafe(textOf(shown.validationMessage), { mayHaveLines: true });
    };
    const show: () => void = Reflect.get(FakeInputBox.prototype, 'show');
    vi.spyOn(FakeInputBox.prototype, 'show').mockImplementation(function (this: FakeInputBox) {
      onShow(this);
      show.call(this);
    });
    fake.answers.push('text');
    await askText({
      title: name,
      prompt: name,
      placeholder: name,
      problem: name,
      hint: () => ({ text: name, isWarning: true }),
    });
    expectSafe(textOf(input?.validationMessage), { mayHaveLines: true });
  });

  it('in notifications and dialogs', async () => {
    for (const show of [showInformation, showWarning, showError])
      await show(name, { modal: true, detail: name }, 'OK');
    expect(fake.shown).toHaveLength(3);
    for (const { text, detail, buttons } of fake.shown) {
      expectSafe(text, { mayHaveLines: true });
      expectSafe(detail, { mayHaveLines: true, isPlain: true });
      expect(buttons).toEqual(['OK']);
    }
  });

  it('in progress notifications', async () => {
    vi.useFakeTimers();
    const work = withProgress(name, async (_signal, report) => {
      report(name);
      await vi.advanceTimersByTimeAsync(1_000);
      report(name);
    });
    await work;
    vi.useRealTimers();
    const [shown] = fake.progress;
    expectSafe(shown?.options.title, { mayHaveLines: true });
    expect(shown?.reports.length).toBeGreaterThan(0);
    for (const text of shown?.reports ?? []) expectSafe(text, { mayHaveLines: true });
  });

  it('in the status bar', () => {
    showStatus('check', name);
    expectSafe(fake.statusBarMessages[0], { icons: 1 });
  });

  it('in the events view', () => {
    const message = {
      partitionId: '0',
      sequenceNumber: 1,
      enqueuedAt: 0,
      deviceId: name,
      moduleId: name,
      source: name,
      contentType: name,
      contentEncoding: name,
      body: Buffer.from(name),
      systemProperties: { [name]: name },
      applicationProperties: { [name]: name },
    };
    const row = rowOf(0, 0, message);
    for (const text of [row.device, row.source, row.body, row.properties, row.contentType])
      expectSafe(text, { isPlain: true });
    const detail = detailOf(message);
    for (const text of [
      detail.body,
      ...detail.systemProperties.flat(),
      ...detail.applicationProperties.flat(),
    ])
      expectSafe(text, { mayHaveLines: true, isPlain: true });
  });

  it('in the name of a document', async () => {
    const documents = new ReadOnlyDocuments('test', '');
    await documents.open(`${name}.txt`, name);
    const [uri = ''] = fake.documents.keys();
    expectSafe(decodeURIComponent(uri), { isPlain: true });
    documents.dispose();
  });
});

describe('safe text', () => {
  it('has everything that can be seen', () => {
    const text = 'Größe/温度 🙂 👩‍👩‍👧 ❤️ עברית می‌خواهم\t{"a": "\\n"} [1] (2) $5 $HOME';
    for (const safe of [singleLine, safeText, messageText, labelText]) expect(safe(text)).toBe(text);
    expect(iconLabel('key', text)).toBe(`$(key) ${text}`);
  });
});
