import { afterEach, describe, expect, it } from 'vitest';
import { describeAppearance } from './support/appearance';
import { breaksWords } from './support/inPage.mjs';
import { closePages, openPage, type OpenedPage } from './support/openPage';
import { fake } from '../support/fakeVscode';

afterEach(closePages);

const button = ({ page }: OpenedPage, name: string) => page.getByRole('button', { name, exact: true });
const field = ({ page }: OpenedPage, label: string) => page.getByLabel(label, { exact: true });
const part = ({ page }: OpenedPage, name: string) => page.getByRole('region', { name, exact: true });

describeAppearance('hubOverview', {
  'an invalid route': async (opened) => {
    await button(opened, 'Add Route').click();
    await field(opened, 'Name').fill('to monitors');
    await field(opened, 'Condition').fill('$body.x >');
    await field(opened, 'Condition').scrollIntoViewIfNeeded();
  },
});

describe('The hub overview page', () => {
  it('validates the name of a consumer group while typing, and keeps the focus there', async () => {
    const opened = await openPage('hubOverview', 'data');
    const label = 'Name of the new consumer group';
    const { keyboard } = opened.page;
    const replace = async (text: string) => {
      await keyboard.press('Control+A');
      await keyboard.type(text);
    };
    await opened.tabTo(label);
    await keyboard.type('team a');
    await expect
      .poll(() => part(opened, 'Consumer groups').innerText())
      .toMatch(/letters, digits, "-", "\.", and "_"/);
    await replace('$default');
    await expect
      .poll(() => part(opened, 'Consumer groups').innerText())
      .toMatch(/Consumer group "\$default" already exists/);
    await replace('team-a');
    await keyboard.press('Enter');
    await button(opened, 'Delete consumer group team-a').waitFor();
    expect(opened.hub.groups).toContain('team-a');
    await expect.poll(async () => (await opened.focus()).name).toMatch(new RegExp(`^${label}`));
    await expect.poll(() => field(opened, label).inputValue()).toBe('');
  });

  it('deletes a consumer group only after confirmation', async () => {
    const opened = await openPage('hubOverview', 'data');
    await button(opened, 'Delete consumer group analytics').click();
    await expect.poll(() => fake.messages).toEqual(['Delete consumer group "analytics" of plant?']);
    expect(fake.shown[0]).toMatchObject({ severity: 'warning', isModal: true, buttons: ['Delete'] });
    expect(opened.hub.groups).toContain('analytics');
    fake.button = 'Delete';
    await expect.poll(() => button(opened, 'Delete consumer group analytics').isEnabled()).toBe(true);
    await button(opened, 'Delete consumer group analytics').click();
    await button(opened, 'Delete consumer group analytics').waitFor({ state: 'detached' });
    expect(opened.hub.groups).not.toContain('analytics');
    expect(await button(opened, 'Delete consumer group $Default').count()).toBe(0);
  });

  it('limits the width of names in the table of routes, and breaks no word of a source', async () => {
    const opened = await openPage('hubOverview', 'data', { width: 400 });
    const table = part(opened, 'Routes').first();
    const name = await table.getByRole('rowheader').nth(3).boundingBox();
    expect(name?.width).toBeLessThan(300);
    const source = table
      .getByRole('row', { name: /^route-2 / })
      .getByRole('cell')
      .first();
    expect(await source.innerText()).toBe('Device Telemetry Messages');
    expect(await source.evaluate(breaksWords)).toBe(false);
  });

  it('validates a route before it is sent, and closes the form by Escape', async () => {
    const opened = await openPage('hubOverview', 'empty');
    const says = (pattern: RegExp) =>
      expect.poll(() => part(opened, 'Message routing').innerText()).toMatch(pattern);
    await button(opened, 'Add Route').click();
    await field(opened, 'Name').fill('to monitors');
    await says(/A route name can contain only letters, digits/);
    await field(opened, 'Name').fill('to-monitors');
    await field(opened, 'Condition').fill("level == 'storage'");
    await says(/Use "=" instead of "=="/);
    expect(await button(opened, 'Add').isDisabled()).toBe(true);
    await field(opened, 'Condition').press('Escape');
    await button(opened, 'Add Route').waitFor();
    await button(opened, 'Add Route').click();
    await field(opened, 'Name').fill('to-monitors');
    await field(opened, 'Condition').fill("level = 'storage'");
    await button(opened, 'Add').click();
    await opened.page
      .getByRole('row', { name: /to-monitors Device Telemetry Messages level = 'storage' events Yes/ })
      .waitFor();
    expect(opened.hub.routes).toMatchObject([{ name: 'to-monitors', condition: "level = 'storage'" }]);
  });

  it('restores the input', async () => {
    const opened = await openPage('hubOverview', 'data');
    await field(opened, 'Name of the new consumer group').fill('half-typ');
    await expect.poll(() => JSON.stringify(opened.kept)).toContain('half-typ');
    const { kept } = opened;
    await opened.close();
    const again = await openPage('hubOverview', 'data', { kept });
    await expect.poll(() => field(again, 'Name of the new consumer group').inputValue()).toBe('half-typ');
  });
});
