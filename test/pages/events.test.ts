import { afterEach, describe, expect, it } from 'vitest';
import { describeAppearance } from './support/appearance';
import { telemetry } from './support/hub';
import { closePages, openPage, type OpenedPage } from './support/openPage';
import { fake } from '../support/fakeVscode';

afterEach(closePages);

const grid = ({ page }: OpenedPage) => page.getByRole('grid', { name: 'Messages' });
const rows = ({ page }: OpenedPage) => page.locator('.grid-row:visible');
const footer = ({ page }: OpenedPage) => page.locator('footer').innerText();
const button = ({ page }: OpenedPage, name: string) => page.getByRole('button', { name });
const lastIndex = (opened: OpenedPage) => rows(opened).last().getAttribute('aria-rowindex');
const selected = ({ page }: OpenedPage) => page.locator('.grid-row[aria-selected=true]');
const search = async ({ page }: OpenedPage, text: string) => {
  const box = page.getByRole('textbox', { name: 'Filter' });
  await box.fill(text);
  await box.press('Enter');
};

describeAppearance('events', {
  'a message selected': async (opened) => {
    await grid(opened).focus();
    await grid(opened).press('End');
    await opened.page.getByRole('region', { name: 'Selected message' }).waitFor();
  },
  'the list of devices': async ({ page }) => {
    await page.getByRole('tab', { name: /Devices/ }).click();
    await page.getByRole('row', { name: /boiler-1 / }).waitFor();
  },
  'a chart': async ({ page }) => {
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.getByRole('combobox', { name: 'Device' }).selectOption('boiler-1');
    await page.getByRole('checkbox', { name: 'temperature' }).check();
    await page.locator('.readout', { hasText: /boiler-1 temperature: 2\d/ }).waitFor();
  },
  'an invalid filter': async (opened) => {
    await search(opened, '$.n>x');
    await opened.page.getByRole('alert').waitFor();
  },
  'a filter without results': async (opened) => {
    await search(opened, 'nothing has this');
    await opened.page.getByText('nothing has this').waitFor();
  },
});

describe('The events page', () => {
  it('selects messages by keyboard and shows all of a message', async () => {
    const opened = await openPage('events', 'data');
    const detail = opened.page.getByRole('region', { name: 'Selected message' });
    await opened.page.keyboard.press('Control+f');
    expect((await opened.focus()).name).toBe('Filter');
    await grid(opened).focus();
    await grid(opened).press('End');
    await expect.poll(() => selected(opened).getAttribute('aria-rowindex')).toBe('2001');
    await grid(opened).press('ArrowUp');
    await expect.poll(() => selected(opened).getAttribute('aria-rowindex')).toBe('2000');
    await detail.getByText('"n": 1998,').waitFor();
    const text = await detail.innerText();
    for (const fact of [/Device\s+boiler-19/, /Content type\s+application\/json/, /plant\s+south/])
      expect(text).toMatch(fact);
    await detail.getByRole('button', { name: 'Copy Body' }).click();
    await expect.poll(() => fake.clipboard).toMatch(/"n": 1998,/);
    await grid(opened).press('Home');
    await expect.poll(() => selected(opened).getAttribute('aria-rowindex')).toBe('2');
    await grid(opened).press('Escape');
    await detail.waitFor({ state: 'detached' });
  });

  it('shows JSON of any depth in bounded space, and opens the whole of it', async () => {
    const opened = await openPage('events', 'data');
    const json = `{"deep":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;
    const [message] = telemetry(1);
    if (!message) throw new Error('There is no message.');
    opened.hub.receive([
      { ...message, sequenceNumber: 5_000, enqueuedAt: Date.now(), body: Buffer.from(json) },
    ]);
    await expect.poll(() => lastIndex(opened)).toBe('2002');
    await grid(opened).focus();
    await grid(opened).press('End');
    const detail = opened.page.getByRole('region', { name: 'Selected message' });
    await detail.getByText('too deep or too large').waitFor();
    await detail.getByRole('button', { name: 'Open Unformatted Body in Editor' }).click();
    await expect.poll(() => [...fake.documents.values()]).toContain(json);
  });

  it('filters buffered and arriving messages, and reports an invalid filter', async () => {
    const opened = await openPage('events', 'data');
    await search(opened, '$.n>x');
    await opened.page.getByRole('alert').filter({ hasText: 'requires a number' }).waitFor();
    await search(opened, 'device:boiler-7');
    await expect.poll(() => footer(opened)).toMatch(/^100 of 2,000 messages/);
    await expect
      .poll(() => opened.page.locator('.histogram').getAttribute('aria-label'))
      .toMatch(/of which 100 match the filter/);
    opened.hub.receive(telemetry(200));
    await expect.poll(() => footer(opened)).toMatch(/^110 of 2,200 messages/);
    await search(opened, 'nothing has this');
    await expect.poll(() => footer(opened)).toMatch(/^0 of 2,200 messages/);
    await opened.page.getByRole('button', { name: 'Clear Filter', exact: true }).click();
    await expect.poll(() => footer(opened)).toMatch(/^2,200 messages/);
  });

  it('keeps receiving while it is paused', async () => {
    const opened = await openPage('events', 'data');
    await expect.poll(() => lastIndex(opened)).toBe('2001');
    await button(opened, 'Pause').click();
    opened.hub.receive(telemetry(400));
    await button(opened, 'Resume (400 new)').waitFor();
    expect(await lastIndex(opened)).toBe('2001');
    await button(opened, 'Resume (400 new)').click();
    await expect.poll(() => lastIndex(opened)).toBe('2401');
  });

  it('shows the selected columns, and restores them', async () => {
    const opened = await openPage('events', 'data');
    await opened.page.getByText('Columns').click();
    await opened.page.getByRole('checkbox', { name: 'Sequence number' }).check();
    await opened.page.getByRole('checkbox', { name: 'Properties' }).uncheck();
    await opened.page.getByText('Columns').click();
    const heads = await opened.page.getByRole('columnheader').allInnerTexts();
    expect(heads).toEqual(['Time', 'Device', 'Size', 'Body', 'Sequence number']);
    const { kept } = opened;
    await opened.close();
    const again = await openPage('events', 'data', { kept });
    expect(await again.page.getByRole('columnheader').allInnerTexts()).toEqual(heads);
  });

  it('keeps only the visible rows of 50,000 messages in the page, and scrolls through all of them', async () => {
    const opened = await openPage('events', 'data');
    opened.hub.receive(telemetry(48_000));
    await expect.poll(() => lastIndex(opened)).toBe('50001');
    expect(await grid(opened).getAttribute('aria-rowcount')).toBe('50001');
    const inPage = await opened.page.locator('.grid-row').count();
    expect(inPage).toBeGreaterThan(10);
    expect(inPage).toBeLessThan(60);
    await grid(opened).hover();
    await opened.page.mouse.wheel(0, -10_000_000);
    await expect.poll(() => rows(opened).first().getAttribute('aria-rowindex')).toBe('2');
    await expect.poll(() => rows(opened).first().innerText()).toContain('"n":0,');
    await button(opened, 'Jump to Newest').click();
    await expect.poll(() => lastIndex(opened)).toBe('50001');
    await button(opened, 'Jump to Newest').waitFor({ state: 'detached' });
  });

  it('scrolls in a low window instead of covering the rows, and shows the body in a narrow one', async () => {
    const opened = await openPage('events', 'data', { width: 320, height: 256 });
    const panel = await opened.page.locator('.panel').boundingBox();
    const end = await opened.page.locator('footer').boundingBox();
    expect(panel?.height).toBeGreaterThanOrEqual(160);
    expect(end?.y).toBeGreaterThanOrEqual((panel?.y ?? 0) + (panel?.height ?? 0));
    expect(await rows(opened).count()).toBeGreaterThanOrEqual(4);
    await opened.page.setViewportSize({ width: 400, height: 800 });
    await opened.settle();
    const heads = opened.page.getByRole('columnheader');
    await expect.poll(() => heads.allInnerTexts()).toEqual(['Time', 'Device', 'Body']);
    const body = await heads.last().boundingBox();
    const time = await heads.first().boundingBox();
    // The time has 13 characters.
    expect(body?.width).toBeGreaterThanOrEqual(((time?.width ?? Infinity) / 13) * 16);
    await opened.page.setViewportSize({ width: 1_000, height: 800 });
    await expect.poll(() => heads.count()).toBe(5);
  });

  it('pauses only while monitoring is running', async () => {
    const opened = await openPage('events', 'data');
    await button(opened, 'Stop').click();
    await button(opened, 'Start').waitFor();
    expect(await button(opened, 'Pause').isDisabled()).toBe(true);
    await grid(opened).focus();
    await grid(opened).press(' ');
    expect(await footer(opened)).not.toMatch(/Paused/);
  });

  it('hides no row with the Jump to Newest button and keeps the size of the table', async () => {
    const opened = await openPage('events', 'data');
    const box = await grid(opened).boundingBox();
    await grid(opened).focus();
    await grid(opened).press('End');
    await grid(opened).press('Escape');
    const newest = await button(opened, 'Jump to Newest').boundingBox();
    expect(await grid(opened).boundingBox()).toEqual(box);
    expect((newest?.y ?? 0) + (newest?.height ?? 0)).toBeLessThanOrEqual(box?.y ?? 0);
  });
});
