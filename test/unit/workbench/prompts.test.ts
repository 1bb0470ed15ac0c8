import type * as vscode from 'vscode';
import { describe, expect, it, vi } from 'vitest';
import { pickOne, type PickOptions } from '../../../src/workbench/prompts';
import { fake } from '../../support/fakeVscode';
import { FakeQuickPick } from '../../support/vscode/questions';

const tiers = [
  { label: 'Free', value: 'F1' },
  { label: 'Standard', value: 'S1' },
];

/** Selects the second item. @returns the answer, and what VS Code draws first */
async function pickSecond(choices: PickOptions<string>['choices'], current?: string) {
  let drawn: FakeQuickPick<vscode.QuickPickItem>['firstDrawn'] | undefined;
  fake.onQuickPick = (pick) => {
    drawn = pick.firstDrawn;
    pick.select(pick.items.slice(1, 2));
    pick.accept();
  };
  const answer = await pickOne({ title: 'Create Hub', placeholder: 'Select a tier', choices, current });
  const labels = (items: readonly vscode.QuickPickItem[] | undefined) => items?.map(({ label }) => label);
  return {
    answer,
    placeholder: drawn?.placeholder,
    items: labels(drawn?.items),
    active: labels(drawn?.active),
  };
}

describe('Quick pick', () => {
  it('is drawn with its items, so that an immediate Enter selects one', async () => {
    expect(await pickSecond(tiers)).toEqual({
      answer: 'S1',
      placeholder: 'Select a tier',
      items: ['Free', 'Standard'],
      active: [],
    });
  });

  it('is drawn with the previous choice active', async () => {
    expect(await pickSecond(tiers, 'S1')).toMatchObject({ active: ['Standard'] });
  });

  it('does not ask for a choice before the choices are loaded', async () => {
    expect(await pickSecond(async () => tiers)).toMatchObject({
      answer: 'S1',
      placeholder: 'Loading…',
      items: [],
    });
  });

  it('stays on the screen until the next prompt is shown, so that VS Code does not move the focus between them', async () => {
    vi.useFakeTimers();
    const events: string[] = [];
    const record = (method: 'show' | 'dispose', event: string) => {
      const original: () => void = Reflect.get(FakeQuickPick.prototype, method);
      vi.spyOn(FakeQuickPick.prototype, method).mockImplementation(function (this: FakeQuickPick<never>) {
        events.push(`${this.title} is ${event}`);
        original.call(this);
      });
    };
    record('show', 'shown');
    record('dispose', 'closed');
    for (const title of ['Region', 'Tier']) {
      fake.answers.push('Standard');
      const answer = pickOne({ title, placeholder: 'Select one', choices: tiers });
      await vi.advanceTimersByTimeAsync(1);
      expect(await answer).toBe('S1');
    }
    // A prompt of another test may still be on the screen.
    expect(events.filter((event) => !event.startsWith('Create Hub'))).toEqual([
      'Region is shown',
      'Tier is shown',
      'Region is closed',
    ]);
    vi.runAllTimers();
    expect(events.at(-1)).toBe('Tier is closed');
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
});
