import * as vscode from 'vscode';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { changeSetting, fake, memento } from '../support/fakeVscode';

describe('vscode fake', () => {
  afterEach(() => {
    fake.reset();
    vi.useRealTimers();
  });

  it('throws with the name of a missing member', () => {
    expect(() => vscode.tests).toThrow(/"tests" export is defined on the "vscode" mock|no vscode\.tests/);
    expect(() => void vscode.window.createTerminal('x')).toThrow('has no window.createTerminal');
    expect(() => vscode.Uri.prototype).toThrow('has no Uri.prototype');
    expect(() => void vscode.workspace.getConfiguration().inspect('x')).toThrow(
      'has no workspace.getConfiguration().inspect',
    );
  });

  it('uses the defaults of package.json and reports a changed setting for each of its sections', () => {
    const seen: boolean[][] = [];
    vscode.workspace.onDidChangeConfiguration((event) =>
      seen.push(
        ['iotHubWorkbench', 'iotHubWorkbench.monitor', 'iotHubWorkbench.mon', 'editor'].map((section) =>
          event.affectsConfiguration(section),
        ),
      ),
    );
    const format = () => vscode.workspace.getConfiguration('iotHubWorkbench').get('monitor.format');
    expect(format()).toBe('pretty');
    changeSetting('iotHubWorkbench.monitor.format', 'oneLine');
    expect(format()).toBe('oneLine');
    expect(seen).toEqual([[true, true, false, false]]);
  });

  it('stores a copy of state', async () => {
    const state = memento();
    const value = { list: [1] };
    await state.update('key', value);
    value.list.push(2);
    expect(state.get('key')).toEqual({ list: [1] });
  });

  it('translates texts and inserts arguments', () => {
    expect(vscode.l10n.t('{0} of {1}', 'a', 2)).toBe('a of 2');
    fake.translate = (text) => `[${text}]`;
    expect(vscode.l10n.t('{0} of {1}', 'a', 2)).toBe('[a of 2]');
    expect(vscode.l10n.t('Delete {name}', { name: 'x' })).toBe('[Delete x]');
  });

  it('selects the item that the test names, and fails without a matching item or an answer', () => {
    vi.useFakeTimers();
    const open = () => {
      const pick = vscode.window.createQuickPick();
      pick.title = 'Format';
      pick.items = [{ label: 'CSV' }, { label: 'JSON' }];
      pick.onDidAccept(() => pick.hide());
      pick.show();
      vi.runAllTimers();
      return pick.selectedItems;
    };
    fake.answers = ['JSON', 'XML'];
    expect(open()).toEqual([{ label: 'JSON' }]);
    expect(open).toThrow('"Format" has no "XML"; it has: CSV, JSON.');
    expect(open).toThrow('The test has no answer to "Format".');
    expect(fake.asked).toEqual(['Format', 'Format', 'Format']);
  });
});
