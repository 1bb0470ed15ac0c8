import * as l10n from '@vscode/l10n';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { setDisplayLocale } from '../../src/core/base/displayLocale';
import { withoutMarks } from '../host/pseudoLocale.mjs';
import { pageStates, refusal } from './support/hub';
import { documentLanguage, readTexts } from './support/inPage.mjs';
import { closePages, openPage, pageNames, type OpenedPage, type PageName } from './support/openPage';
import { pseudoTranslations } from './support/pseudoLocale';

/** Elements whose content is data, and why. */
const dataElements: readonly (readonly [selector: string, reason: string])[] = [
  ['.editor', 'the body that the user writes'],
  ['pre', 'the body of a message'],
  ['code', 'expressions that are entered as they are'],
  ['.mono', 'host names, topics, keys of the protocol and other values that can be copied'],
  ['.preview-properties', 'properties of the message'],
  ['.grid-row', 'messages'],
  ['.readout .line-sample', 'the sample of a curve'],
];

/** Data inside texts, and why it has no translation. */
const dataTexts: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [
    new RegExp(`${refusal} to read the [\\w ]+ of plant: the account lacks a role\\.`, 'g'),
    'the error of the test',
  ],
  [/\bdevice:boiler-\* {3}alert=true {3}\$\.temperature>20 {3}!device:test-\*/g, 'syntax of a search'],
  [/\$\.n>x/g, 'the search of the test'],
  [/\b(?:n|temperature|north|south)\b/g, 'fields and properties of the messages'],
  [/\bboiler-[\w*]+/g, 'ids of devices'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, 'ISO 8601 times'],
  [/\d[\d.,]*\s?(?:B|KB|MB|ms|s|min|h)\b/g, 'numbers with the symbol of their unit'],
  [
    /\b(?:plant|rg-iot|westeurope|Production|gone|events|archive|a-name-[\w-]+|route-\d+|service|iothubowner)\b/g,
    'names of resources',
  ],
  [/\b(?:analytics|dashboard)\b/g, 'names of consumer groups'],
  [/\b[\w-]+(?:\.[\w-]+)+(?:\/[\w-]+)*/g, 'host names, paths of fields and ids of settings'],
  [/\b(?:Active|Standard|S1)\b/g, 'states and tiers, by their names in Azure'],
  [/\b(?:Registry(?:Read|Write)|(?:Service|Device)Connect)\b/g, 'permissions, by their names in Azure'],
  [/\b(?:JSON|MQTT|SAS|QoS|UTC|TLS|X\.509|CA)\b/g, 'terms of the field'],
  [
    /\b(?:mosquitto_pub|sh|PowerShell|az|Node\.js|Python|C|p50|p99)\b/g,
    'names of programs, languages and figures',
  ],
  [/\b(?:application\/[\w-]+|text\/plain|utf-(?:8|16|32))\b/g, 'media types and encodings'],
];

let translations: Readonly<Record<string, string>> = {};

beforeAll(() => {
  translations = pseudoTranslations();
  l10n.config({ contents: { ...translations } });
  setDisplayLocale('en-GB');
});
afterEach(closePages);

/** Texts that were not translated. */
async function untranslated({ page }: OpenedPage): Promise<readonly string[]> {
  const texts = await page.evaluate(
    readTexts,
    dataElements.map(([selector]) => selector),
  );
  expect(texts.length).toBeGreaterThan(0);
  let depth = 0;
  const found = new Set<string>();
  for (const { kind, text, element } of texts) {
    const scan = withoutMarks(text, kind === 'text' ? depth : 0);
    if (kind === 'text') depth = scan.depth;
    const rest = dataTexts.reduce((left, [pattern]) => left.replace(pattern, ''), scan.rest);
    if (/\p{L}/u.test(rest)) found.add(`${kind} "${rest.replace(/\s+/g, ' ').trim()}" of ${element}`);
  }
  expect(depth).toBe(0);
  return [...found];
}

/** Views of a page with data, by its ids and classes. */
const views: readonly (readonly [
  PageName,
  view: string,
  show: (page: OpenedPage['page']) => Promise<void>,
])[] = [
  [
    'publish',
    'invalid input',
    async (page) => {
      await page.locator('.editor textarea').fill('{"unit" "bar"}');
      await page.locator('.properties + .problems + button').click();
      await page.locator('details.repeat summary').click();
      await page.locator('#count').fill('many');
      await page.locator('#problems-count .problem').waitFor();
      await page.locator('#problems-body .problem').waitFor();
    },
  ],
  [
    'publish',
    'a body file',
    async (page) => {
      await page.locator('input[name=body][value=file]').check();
      await page.locator('.editor').waitFor({ state: 'detached' });
    },
  ],
  [
    'events',
    'a selected message',
    async (page) => {
      await page.locator('.grid-row').first().click();
      await page.locator('.detail pre').waitFor();
    },
  ],
  [
    'events',
    'the devices',
    async (page) => {
      await page.locator('#tab-devices').click();
      await page.locator('tbody tr').first().waitFor();
    },
  ],
  [
    'events',
    'the chart',
    async (page) => {
      await page.locator('#tab-chart').click();
      await page.locator('.chart-choice input[type=checkbox]').first().check();
      await page.locator('.field-chart[aria-label]').waitFor();
    },
  ],
  [
    'events',
    'an invalid search',
    async (page) => {
      await page.locator('.search input').fill('$.n>x');
      await page.locator('#search-problem:not([hidden])').waitFor();
    },
  ],
  [
    'events',
    'a search without results',
    async (page) => {
      await page.locator('.search input').fill('12345678901234567890');
      await page.locator('.empty').waitFor();
    },
  ],
  [
    'hubOverview',
    'an invalid route and consumer group',
    async (page) => {
      await page.locator('#add-route').click();
      await page.locator('#route-name').fill('1 2');
      await page.locator('#route-condition').fill('$body.x >');
      await page.locator('#group-name').fill('1 2');
      await page.locator('#route-name-problem .problem').waitFor();
      await page.locator('#route-condition-problem .problem').waitFor();
      await page.locator('#group-problem .problem').waitFor();
    },
  ],
];

describe('Pages in a pseudo-locale', () => {
  it.each(pageNames.flatMap((name) => pageStates.map((state) => [name, state] as const)))(
    'translate all texts of %s (%s)',
    async (name, state) => {
      const opened = await openPage(name, state, { translations });
      expect(await untranslated(opened)).toEqual([]);
      expect(await opened.page.evaluate(documentLanguage)).toBe('en-GB');
    },
  );

  it.each(views)('translate all texts of %s with %s', async (name, _, show) => {
    const opened = await openPage(name, 'data', { translations });
    await show(opened.page);
    await opened.settle();
    expect(await untranslated(opened)).toEqual([]);
  });

  it('translate all texts while a panel waits for its hub, and when the hub is no longer listed', async () => {
    const reference = { id: 'azure:/gone', name: 'gone' };
    const opened = await openPage('hubOverview', 'data', { reference, translations });
    expect(await untranslated(opened)).toEqual([]);
    await opened.page.locator('h1').waitFor();
    expect(await untranslated(opened)).toEqual([]);
  });
});
