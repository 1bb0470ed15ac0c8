import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'valibot';
import { contract, maxResults } from '../../src/webview/publish/api';
import { savedStateSchema } from '../../src/webview/protocol';
import { describeAppearance } from './support/appearance';
import { positionOf, selectionStart } from './support/inPage.mjs';
import { refusal } from './support/hub';
import { closePages, openPage, type OpenedPage } from './support/openPage';

afterEach(closePages);

const body = ({ page }: OpenedPage) => page.getByRole('textbox', { name: 'Body' });
const button = ({ page }: OpenedPage, name: string) => page.getByRole('button', { name, exact: true });
const problems = ({ page }: OpenedPage) => page.locator('.problem').allInnerTexts();
const results = ({ page }: OpenedPage) => page.locator('.result-list tbody tr');

describeAppearance('publish', {
  'all sections expanded': async ({ page }) => {
    const folded = page.locator('details:not([open]) > summary');
    while (await folded.count()) await folded.first().click();
  },
  'an invalid JSON body': async (opened) => {
    await body(opened).fill('{"pressure": 2.5,\n "unit" "bar"}');
    await button(opened, 'Line 2, column 9').waitFor();
  },
});

describe('The publish page', () => {
  it('locates an error in a JSON body, moves the cursor there, and formats the body', async () => {
    const opened = await openPage('publish', 'empty');
    await body(opened).fill('{"pressure": 2.5,\n "unit" "bar"}');
    await expect
      .poll(() => problems(opened))
      .toContainEqual(expect.stringMatching(/^Line 2, column 9: .*not valid JSON/));
    await button(opened, 'Line 2, column 9').click();
    expect(await body(opened).evaluate(selectionStart)).toBe(26);
    await body(opened).fill('{"pressure":2.50,"unit":"bar"}');
    await expect.poll(() => problems(opened)).toEqual([]);
    await button(opened, 'Format').click();
    await expect.poll(() => body(opened).inputValue()).toContain('\n  "pressure": 2.50,\n');
  });

  it('supports the keyboard: Tab leaves the body, Enter adds a property, Control+Enter sends', async () => {
    const opened = await openPage('publish', 'empty');
    const { keyboard } = opened.page;
    const focused = async () => (await opened.focus()).name;
    await expect.poll(focused).toBe('Body');
    await keyboard.press('Control+A');
    await keyboard.type('{"typed": "manually"}');
    await keyboard.press('Tab');
    expect(await focused()).not.toBe('Body');
    await opened.tabTo('Add Property');
    await keyboard.press('Enter');
    await expect.poll(focused).toBe('Name of property 1');
    await keyboard.type('site');
    await keyboard.press('Tab');
    await keyboard.type('north');
    await keyboard.press('Enter');
    await expect.poll(focused).toBe('Name of property 2');
    await keyboard.press('Control+Enter');
    await expect
      .poll(() => results(opened).first().innerText())
      .toMatch(/Acknowledged after 12 ms · Arrived at partition 0/);
    const [message] = opened.hub.sent;
    expect(message?.topic).toMatch(/^devices\/boiler-[12]\/messages\/events\/.*site=north/);
    expect(Buffer.from(message?.payload ?? '').toString()).toBe('{"typed": "manually"}');
    await expect
      .poll(() => opened.page.locator('[aria-live=polite]').textContent())
      .toMatch(/2 acknowledged, 2 arrived, 0 failed/);
  });

  it('limits the list of results, and fits a form with many properties into the window', async () => {
    const name = 'a-name-of-a-property-that-does-not-fit-beside-its-value';
    const properties = Array.from({ length: 60 }, (_, n) => ({
      name: `${name}-${n}`,
      value: 'long '.repeat(60),
    }));
    const repeat = { count: 400, pace: { kind: 'rate' as const, perSecond: 10_000 }, seed: 1 };
    const opened = await openPage('publish', 'empty', { draft: { properties, repeat } });
    const draft = opened.panel.webview.posted.find(({ type }) => type === 'draft')?.body;
    opened.panel.webview.receive({ type: 'start', body: draft });
    await expect.poll(() => opened.hub.sent.length).toBe(800);
    await expect.poll(() => results(opened).count()).toBe(maxResults);
    expect(await opened.overflow()).toEqual([]);
    await opened.picture('many results');
  });

  it('shows why a device cannot be read on the first line of its authentication', async () => {
    const opened = await openPage('publish', 'failure');
    const label = await opened.page.getByText('Authentication', { exact: true }).boundingBox();
    const problem = await opened.page.locator('.problem', { hasText: refusal }).first().boundingBox();
    expect(problem?.y).toBeLessThan((label?.y ?? 0) + (label?.height ?? 0));
  });

  it('shows that the device is being read', async () => {
    const opened = await openPage('publish', 'loading');
    const authentication = opened.page.locator('.label', { hasText: 'Authentication' }).locator('+ div');
    expect((await authentication.innerText()).trim()).toBe('Loading…');
  });

  it('covers nothing of a low window with the actions', async () => {
    const opened = await openPage('publish', 'data');
    const position = () => opened.page.locator('.actions').evaluate(positionOf);
    expect(await position()).toBe('sticky');
    await opened.page.setViewportSize({ width: 640, height: 512 });
    await opened.settle();
    expect(await position()).toBe('static');
    await opened.picture('low window');
  });

  it('restores the message from the saved state', async () => {
    const opened = await openPage('publish', 'empty');
    await body(opened).fill('{"kept": true}');
    const saved = () => parse(savedStateSchema(contract.view), opened.kept).view;
    await expect.poll(() => saved().draft.body).toMatchObject({ text: '{"kept": true}' });
    const view = saved();
    await opened.close();
    const again = await openPage('publish', 'empty', { draft: view.draft });
    await expect.poll(() => body(again).inputValue()).toBe('{"kept": true}');
  });
});
