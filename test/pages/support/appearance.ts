// What holds for every page: it can be used in each theme, in a narrow window, and by the keyboard alone.
import { describe, expect, it } from 'vitest';
import { pageStates } from './hub';
import { openPage, type OpenedPage, type PageName } from './openPage';
import { themeNames } from './themes';

/** Other views of a page that has data: how to get there. */
export type Views = Readonly<Record<string, (page: OpenedPage) => Promise<void>>>;

/** Windows in CSS pixels: a person who zooms to 400 % has a quarter of 1280 by 1024 (WCAG 1.4.10). */
const windows = {
  'a narrow editor': { width: 400, height: 800 },
  'a zoom of 200 %': { width: 640, height: 512 },
  'a zoom of 400 %': { width: 320, height: 256 },
} as const;

export function describeAppearance(name: PageName, views: Views = {}): void {
  describe(`The page ${name}`, () => {
    it.each(pageStates)('has no barrier that axe knows of in any theme (%s)', async (state) => {
      const page = await openPage(name, state);
      await expectAccessible(page, state);
    });

    it.each(Object.entries(views))('has none either with %s', async (view, reach) => {
      const page = await openPage(name, 'data');
      await reach(page);
      await expectAccessible(page, view);
    });

    it.each(['data', 'failure'] as const)('fits narrow and zoomed windows (%s)', async (state) => {
      const page = await openPage(name, state);
      for (const [title, size] of Object.entries(windows)) {
        await page.page.setViewportSize(size);
        await page.settle();
        expect(await page.overflow(), title).toEqual([]);
        await page.picture(`${state} in ${title.replace(' %', '')}`);
      }
    });

    it('lets Tab go through all of it, each control with a name and a visible focus', async () => {
      const page = await openPage(name, 'data');
      await page.page.evaluate('document.activeElement.blur()');
      const seen: string[] = [];
      for (;;) {
        await page.page.keyboard.press('Tab');
        const { tag, name: said, isVisible } = await page.focus();
        if (tag === 'body') break;
        seen.push(said);
        expect(said, `a ${tag} after "${seen.at(-2)}"`).not.toBe('');
        expect(isVisible, `the focus of ${tag} "${said}"`).toBe(true);
        if (seen.length > 200) throw new Error(`Tab comes to no end: ${seen.slice(-10).join(', ')}.`);
      }
      expect(seen.length).toBeGreaterThan(4);
    });
  });
}

async function expectAccessible(page: OpenedPage, view: string): Promise<void> {
  for (const [at, theme] of themeNames.entries()) {
    await page.setTheme(theme);
    // Only colors differ from theme to theme.
    expect(await (at === 0 ? page.axe() : page.axe('color-contrast')), theme).toEqual([]);
    await page.picture(`${view} ${theme}`);
  }
}
