import type * as vscode from 'vscode';
import { describe, expect, it } from 'vitest';
import { pickOne, type PickOptions } from '../../../src/workbench/prompts';
import { fake, type FakeQuickPick } from '../../support/fakeVscode';

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
});
