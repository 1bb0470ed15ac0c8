import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startFeed } from '../../bench/feed.mjs';
import { openStory } from '../../host/storyWindows.mjs';
import { settings, step } from './storySteps.mjs';
import { hubString } from './hubConnections.mjs';

const { publisher, name } = createRequire(import.meta.url)('../../../package.json');

describe('events view', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  let page;
  let connectionString;
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-story-events-'));
  const grid = () => page.getByRole('grid', { name: 'Messages' });
  const rows = () => page.locator('.grid-row:visible');
  const heads = () => page.getByRole('columnheader').allInnerTexts();
  const footer = () => page.locator('footer').innerText();
  const held = async () => Number(/([\d,]+) messages?/.exec(await footer())?.[1]?.replaceAll(',', '') ?? NaN);
  const button = (title) => page.getByRole('button', { name: title });
  const search = async (text) => {
    const box = page.getByRole('textbox', { name: 'Filter' });
    await box.fill(text);
    await box.press('Enter');
  };
  const begin = (perSecond, seconds) =>
    startFeed(folder, { connectionString, prefix: 'boiler', devices: 4, perSecond, seconds });
  /** Resolves when the hub has acknowledged all messages. */
  const feed = async ({ perSecond = 250, seconds = 2 } = {}) => {
    const running = await begin(perSecond, seconds);
    assert.equal((await running.done).acknowledged, perSecond * seconds);
  };
  const lastIndex = async () => Number(await rows().last().getAttribute('aria-rowindex'));
  /** Time of day of a row, in ms. */
  const timeOf = async (row) => msOfDay(await row.locator('.cell-time').innerText());
  /** Partitions are read concurrently, so the message that arrives last is not known in advance. */
  const numberOf = (text) => /"n":\s*(\d+)/.exec(text)?.[1];
  const selectedIndex = async () => {
    const row = page.locator('.grid-row[aria-selected=true]');
    return (await row.count()) === 1 && row.getAttribute('aria-rowindex');
  };
  const selectedNumber = async () =>
    numberOf(await page.locator('.grid-row[aria-selected=true]').innerText());

  before(async () => {
    workbench = await openStory({
      label: 'events',
      settings: { ...settings, 'iotHubWorkbench.monitor.recording.rotateMegabytes': 1 },
    });
    await workbench.openContainer('IoT Hub');
    await workbench.expand('Local Hub');
    await workbench.expand('Devices');
    connectionString = await hubString(workbench);
  });
  after(async () => {
    await workbench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens from the hub, starts monitoring and shows that it is waiting for messages', async () => {
    await workbench.choose('Local Hub', 'Open Events View');
    page = workbench.webview(`${publisher}.${name}`);
    await page.getByText('Waiting for messages…').waitFor();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await workbench.screenshot('events-1-empty');
  });

  it('shows the messages of all devices as they arrive, with a histogram', async () => {
    await feed();
    await workbench.until('all messages', async () => (await held()) === 500);
    await search('$.n=499');
    await workbench.until('one row', async () => /^1 of 500 messages/.test(await footer()));
    await workbench.until('the message', async () =>
      /boiler-4[\s\S]*"n":499[\s\S]*plant=north/.test(await rows().last().innerText()),
    );
    await search('');
    await workbench.until('all rows', async () => /^500 messages/.test(await footer()));
    await workbench.until(
      'the last row',
      async () => (await rows().last().getAttribute('aria-rowindex')) === '501',
    );
    await workbench.until('the histogram', async () =>
      /Messages in the last 5 minutes: 500\b/.test(
        await page.locator('.histogram').getAttribute('aria-label'),
      ),
    );
    await workbench.screenshot('events-2-rows');
  });

  it('supports the keyboard and shows all details of a message', async () => {
    await grid().focus();
    await grid().press('End');
    await workbench.until('the last row', async () => (await selectedIndex()) === '501');
    await grid().press('ArrowUp');
    await workbench.until('the row above', async () => (await selectedIndex()) === '500');
    const n = await selectedNumber();
    const detail = page.getByRole('region', { name: 'Selected message' });
    await detail.getByText(`"n": ${n},`).waitFor();
    const text = await detail.innerText();
    assert.match(
      text,
      new RegExp(`Device\\s+boiler-${(n % 4) + 1}[\\s\\S]*Content type\\s+application/json`),
    );
    assert.match(text, new RegExp(`plant\\s+${n % 2 === 0 ? 'south' : 'north'}`));
    await detail.getByRole('button', { name: 'Copy Body' }).click();
    await workbench.until('the body', async () => numberOf(await workbench.clipboard()) === n);
    await grid().press('Home');
    await workbench.until('the first row', async () => (await selectedIndex()) === '2');
    await detail.getByText(`"n": ${await selectedNumber()},`).waitFor();
    await workbench.screenshot('events-3-detail');
    await grid().press('Escape');
    await detail.waitFor({ state: 'detached' });
  });

  it('opens the complete body in an editor on Enter', async () => {
    await grid().focus();
    await grid().press('Home');
    await workbench.until('the first row', async () => (await selectedIndex()) === '2');
    const n = await selectedNumber();
    await grid().press('Enter');
    const lines = workbench.page.locator('.editor-instance .view-lines');
    await workbench.until(
      'the body',
      async () =>
        (await lines.count()) === 1 && numberOf((await lines.innerText()).replaceAll('\u00a0', ' ')) === n,
    );
    await workbench.screenshot('events-3-editor');
    // The editor has no unsaved changes.
    await workbench.run('View: Close Editor');
    await lines.waitFor({ state: 'detached' });
    await grid().focus();
    await grid().press('Escape');
    await button('Jump to Newest').click();
  });

  it('filters existing and new messages, and reports an invalid filter', async () => {
    await search('$.n>x');
    await page.getByRole('alert').filter({ hasText: 'requires a number' }).waitFor();
    await search('$.state=warning');
    await workbench.until('ten rows', async () => /^10 of 500 messages/.test(await footer()));
    await workbench.until('the histogram', async () =>
      /of which 10 match the filter/.test(await page.locator('.histogram').getAttribute('aria-label')),
    );
    await search('nothing has this');
    await page.getByText('No messages match "nothing has this".').waitFor();
    await page.getByRole('button', { name: 'Clear Filter', exact: true }).click();
    await workbench.until('all rows', async () => /^500 messages/.test(await footer()));
  });

  it('continues to receive messages while paused', async () => {
    await button('Pause').click();
    await feed({ perSecond: 400, seconds: 1 });
    await button('Resume (400 new)').waitFor();
    await workbench.screenshot('events-4-paused');
    await button('Resume (400 new)').click();
    await workbench.until('all messages', async () => (await held()) === 900);
    await workbench.until(
      'the last row',
      async () => (await rows().last().getAttribute('aria-rowindex')) === '901',
    );
    await search('$.n=399');
    await workbench.until('the earlier and the new message', async () =>
      /^2 of 900 messages/.test(await footer()),
    );
    await search('');
    await workbench.until('all rows', async () => /^900 messages/.test(await footer()));
  });

  it('scrolls to the time that is clicked in the histogram', async () => {
    await search('$.n=250');
    await workbench.until('both bursts', async () => /^2 of 900 messages/.test(await footer()));
    await workbench.until(
      'the first message',
      async () => (await rows().count()) === 2 && numberOf(await rows().first().innerText()) === '250',
    );
    const at = await timeOf(rows().first());
    await search('');
    await workbench.until('the end', async () => (await lastIndex()) === 901);
    const { width, height } = await page.locator('.histogram .u-over').boundingBox();
    const age = msOfDay(new Date().toISOString().slice(11, 23)) - at;
    await page
      .locator('.histogram .u-over')
      .click({ position: { x: width * (1 - age / 300_000), y: height / 2 } });
    // One second is three pixels wide.
    await workbench.until(
      'the selected time',
      async () => Math.abs((await timeOf(rows().first())) - at) < 3_000,
    );
    assert.ok((await lastIndex()) < 901);
    await button('Jump to Newest').click();
    await workbench.until('the end', async () => (await lastIndex()) === 901);
  });

  it('shows selected columns', async () => {
    await page.getByText('Columns').click();
    await page.getByRole('checkbox', { name: 'Sequence number' }).check();
    await page.getByRole('checkbox', { name: 'Properties' }).uncheck();
    await page.getByText('Columns').click();
    await workbench.until(
      'the columns',
      async () => (await heads()).join() === 'Time,Device,Size,Body,Sequence number',
    );
  });

  it('shows when each device last sent a message', async () => {
    await page.getByRole('tab', { name: /Devices/ }).click();
    await page
      .getByRole('row', { name: /boiler-1/ })
      .getByText('225')
      .waitFor();
    assert.equal(await page.locator('tbody tr').count(), 4);
    const seen = page
      .getByRole('row', { name: /boiler-1/ })
      .locator('td')
      .nth(1);
    const secondsAgo = async () => Number(/^(\d+) s ago$/.exec(await seen.innerText())?.[1] ?? NaN);
    await workbench.until('a time some seconds ago', secondsAgo);
    const [text, title, now] = await seen.evaluate((cell) => [cell.innerText, cell.title, Date.now()]);
    const first = Number(/^(\d+) s ago$/.exec(text)?.[1]);
    const before = (now - Date.parse(title)) / 1_000;
    assert.ok(Math.abs(before - first) < 3, `${first} s ago, and it was ${before} s ago`);
    await workbench.until('two seconds later', async () => (await secondsAgo()) >= first + 2);
    await workbench.screenshot('events-5-devices');
    await page.getByRole('button', { name: 'Show messages of boiler-1' }).click();
    await workbench.until('its messages', async () => /^225 of 900 messages/.test(await footer()));
    await search('');
  });

  it('charts numeric fields of several devices over time', async () => {
    await page.getByRole('tab', { name: 'Chart' }).click();
    const device = page.getByRole('combobox', { name: 'Device' });
    await device.selectOption('boiler-1');
    await page.getByRole('checkbox', { name: 'engine.rpm' }).waitFor();
    await page.getByRole('checkbox', { name: 'temperature' }).check();
    await device.selectOption('boiler-3');
    await page.getByRole('checkbox', { name: 'temperature' }).check();
    await page.locator('.readout', { hasText: /boiler-1 temperature: 2\d/ }).waitFor();
    await page.locator('.readout', { hasText: /boiler-3 temperature: 2\d/ }).waitFor();
    await feed({ perSecond: 400, seconds: 2 });
    await workbench.until('all messages', async () => (await held()) === 1_700);
    await workbench.screenshot('events-6-chart');
    assert.match(await page.locator('.field-chart').getAttribute('aria-label'), /boiler-1 temperature: 2\d/);
  });

  it('shows the values under the pointer and zooms into the chart', async () => {
    const { mouse } = workbench.page;
    const over = await page.locator('.field-chart .u-over').boundingBox();
    const at = (part) => [over.x + over.width * part, over.y + over.height / 2];
    const readout = page.locator('.readout');
    const pointedAt = async () => msOfDay(/\d\d:\d\d:\d\d\.\d{3}/.exec(await readout.innerText())?.[0] ?? '');
    const whole = page.getByRole('button', { name: 'Reset zoom' });
    await readout.getByText('Latest').waitFor();
    assert.equal(await whole.isVisible(), false);
    await mouse.move(...at(0.5));
    // The chart covers 5 minutes, and all of its values are in the last one.
    const firstValue = await workbench.until('a time', pointedAt);
    assert.match(await readout.innerText(), /boiler-1 temperature: 2\d/);
    // Values that arrive a second later do not close it.
    await readout.evaluate((element) => element.firstElementChild.setAttribute('data-old', ''));
    await readout.locator('[data-old]').waitFor({ state: 'detached' });
    assert.equal(await pointedAt(), firstValue);

    await mouse.move(...at(0.9));
    await mouse.down();
    await mouse.move(...at(0.95), { steps: 4 });
    await mouse.move(...at(1), { steps: 4 });
    await mouse.up();
    await whole.waitFor();
    await mouse.move(...at(0.5), { steps: 2 });
    const middle = msOfDay(new Date().toISOString().slice(11, 23)) - 15_000;
    await workbench.until(
      'a moment of the last half minute',
      async () => Math.abs((await pointedAt()) - middle) < 12_000,
    );
    await workbench.screenshot('events-6-chart-zoomed');
    await whole.click();
    await whole.waitFor({ state: 'hidden' });
    await mouse.move(...at(0.5));
    await workbench.until('the first value again', async () => (await pointedAt()) === firstValue);
    await page.getByRole('tab', { name: 'Chart' }).hover();
    await readout.getByText('Latest').waitFor();
  });

  it('follows the newest of thousands of messages until scrolled up, and renders only visible rows', async () => {
    await page.getByRole('tab', { name: 'Messages' }).click();
    const running = await begin(500, 10);
    try {
      const first = await workbench.until(
        'more than a screen of rows',
        async () => (await lastIndex()) > 1_800 && lastIndex(),
      );
      await workbench.until('newer messages', async () => (await lastIndex()) > first + 200);
      await grid().hover();
      await workbench.page.mouse.wheel(0, -900);
      await button('Jump to Newest').waitFor();
      // A row is empty until the page has read it.
      const top = await workbench.until('the first row', () => rows().first().innerText());
      const before = await held();
      await workbench.until('more messages', async () => (await held()) > before + 500);
      assert.equal(await rows().first().innerText(), top);
      await workbench.page.mouse.wheel(0, 1_000_000);
      await button('Jump to Newest').waitFor({ state: 'detached' });
      await workbench.until('newer messages', async () => (await lastIndex()) > before + 500);
    } finally {
      // The next tests count all messages, and two feeds with the same devices would disconnect each other.
      assert.equal((await running.done).acknowledged, 5_000);
    }
    await workbench.until('all messages', async () => (await held()) === 6_700);
    await workbench.until('the last row', async () => (await lastIndex()) === 6_701);
    assert.equal(await grid().getAttribute('aria-rowcount'), '6701');
    const inPage = await page.locator('.grid-row').count();
    assert.ok(inPage > 10 && inPage < 60, `${inPage} rows are in the page`);
  });

  const recording = async (format, from, file) => {
    await button('Record…').click();
    await step(workbench, /Select a recording format/);
    await workbench.pick(format);
    await step(workbench, /Select which messages to record/);
    await workbench.pick(from);
    await workbench.answerFile(file);
    await button('Stop Recording').waitFor();
  };
  /** Opens the recording in a separate view. */
  const opened = async (file, messages) => {
    const message = `${messages.toLocaleString('en-US')} messages were recorded to`;
    await workbench.toast(message);
    await workbench.answerToast(message, 'Open in Events View');
    page = workbench.webview(`${publisher}.${name}`);
    await page.getByRole('heading', { name: path.basename(file) }).waitFor();
    await workbench.until('all messages', async () => (await held()) === messages);
  };
  const back = async () => {
    await workbench.page.getByRole('tab', { name: 'Events: Local Hub' }).click();
    page = workbench.webview(`${publisher}.${name}`);
    await page.getByRole('heading', { name: 'Local Hub' }).waitFor();
  };

  it('records buffered and new messages to files of 1 MB, and shows all of them as one recording', async () => {
    const file = path.join(folder, 'recording.jsonl');
    await recording('JSON Lines', 'Include the', file);
    await feed({ perSecond: 100, seconds: 1 });
    await workbench.until('the recording', async () => existsSync(file) && lines(file).length === 6_800);
    await button('Stop Recording').click();
    await opened(file, 6_800);
    assert.ok(existsSync(partOf(file, 2)), 'It is one file.');
    const recorded = lines(file).map((line) => JSON.parse(line));
    const feeds = [500, 400, 800, 5_000, 100].map((count) => Array.from({ length: count }, (_, n) => n));
    assert.deepEqual(recorded.map(({ body }) => body.n).sort(byNumber), feeds.flat().sort(byNumber));
    const places = new Set(recorded.map(({ partition, sequenceNumber }) => `${partition}/${sequenceNumber}`));
    assert.equal(places.size, 6_800);
    await search('$.n=99');
    await workbench.until('a message of each burst', async () => /^5 of 6,800 messages/.test(await footer()));
    await workbench.until('the messages in the histogram', async () =>
      /of which 5 match the filter/.test(await page.locator('.histogram').getAttribute('aria-label')),
    );
    await workbench.screenshot('events-8-recording');
    await back();
  });

  for (const [format, extension] of [
    ['CSV', 'csv'],
    ['SQLite', 'sqlite'],
  ])
    it(`shows a recording as ${format}`, async () => {
      const file = path.join(folder, `recording.${extension}`);
      await recording(format, 'New messages only', file);
      const before = await held();
      await feed({ perSecond: 200, seconds: 1 });
      await workbench.until('all messages', async () => (await held()) === before + 200);
      await button('Stop Recording').click();
      await opened(file, 200);
      await search('$.n=123 plant=north');
      await workbench.until('one message', async () => /^1 of 200 messages/.test(await footer()));
      await rows().first().click();
      const detail = page.getByRole('region', { name: 'Selected message' });
      await detail.getByText('"n": 123,').waitFor();
      assert.match(await detail.innerText(), /Device\s+boiler-4[\s\S]*Content type\s+application\/json/);
      await workbench.screenshot(`events-8-recording-${extension}`);
      await back();
    });

  it('restores its state after the window is reloaded', async () => {
    await search('device:boiler-2');
    await workbench.until('the search', async () => /^\d.* of 7,200 messages/.test(await footer()));
    await page.getByRole('combobox', { name: 'Time span' }).selectOption('15');
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.locator('.readout', { hasText: 'boiler-3 temperature' }).waitFor();
    await workbench.reloadWindow();
    page = workbench.webview(`${publisher}.${name}`);
    await page.getByRole('heading', { name: 'Local Hub' }).waitFor();
    await page.getByRole('tab', { name: 'Chart', selected: true }).waitFor();
    assert.equal(await page.getByRole('combobox', { name: 'Time span' }).inputValue(), '15');
    assert.equal(await page.getByRole('textbox', { name: 'Filter' }).inputValue(), 'device:boiler-2');
    await page.locator('.readout', { hasText: 'boiler-3 temperature' }).waitFor();
    await page.getByRole('tab', { name: 'Messages' }).click();
    await workbench.until('the columns', async () => (await heads()).includes('Sequence number'));
    await page.getByText('Monitoring is not running.').waitFor();
    await workbench.screenshot('events-9-restored');
    await workbench.page.getByRole('tab', { name: 'Events: recording.sqlite' }).click();
    page = workbench.webview(`${publisher}.${name}`);
    await page.getByRole('heading', { name: 'recording.sqlite' }).waitFor();
    await workbench.until('its messages', async () => /^1 of 200 messages/.test(await footer()));
  });
});

const partOf = (file, number) => file.replace(/(\.\w+)$/, `.${number}$1`);
/** Lines of all files of a recording. */
function lines(file) {
  const all = [];
  for (let number = 1; ; number++) {
    const part = number === 1 ? file : partOf(file, number);
    if (!existsSync(part)) return all;
    all.push(...readFileSync(part, 'utf8').split('\n').slice(0, -1));
  }
}
/** Time of day of `21:42:02.401`; `NaN` for other text. */
const msOfDay = (time) => (/^\d\d:\d\d:\d\d\.\d{3}$/.test(time) ? Date.parse(`1970-01-01T${time}Z`) : NaN);
const byNumber = (one, other) => one - other;
