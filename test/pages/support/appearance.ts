// Tests of every page: each theme, narrow and zoomed windows, and keyboard navigation.
import { describe, expect, it } from 'vitest';
import { pageStates } from './hub';
import { openPage, type OpenedPage, type PageName } from './openPage';
import { themeNames } from './themes';

/** Further views of a page with data, and the steps that open them. */
export type Views = Readonly<Record<string, (page: OpenedPage) => Promise<void>>>;

/** Windows in CSS pixels: a zoom of 400 % leaves a quarter of 1280 by 1024 (WCAG 1.4.10). */
const windows = {
  'a narrow editor': { width: 400, height: 800 },
  'a zoom of 200 %': { width: 640, height: 512 },
  'a zoom of 400 %': { width: 320, height: 256 },
} as const;

export function describeAppearance(name: PageName, views: Views = {}): void {
  describe(`The page ${name}`, () => {
    it.each(pageStates)('has no axe violations in any theme (%s)', async (state) => {
      const page = await openPage(name, state);
      await expectAccessible(page, state);
    });

    it.each(Object.entries(views))('has no axe violations with %s', async (view, reach) => {
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

    it('lets Tab reach every control, each with a name and a visible focus', async () => {
      const page = await openPage(name, 'data');
      await page.page.evaluate('document.activeElement.blur()');
      const seen: string[] = [];
      for (;;) {
        await page.page.keyboard.press('Tab');
        const { tag, name: focused, isVisible } = await page.focus();
        if (tag === 'body') break;
        seen.push(focused);
        expect(focused, `a ${tag} after "${seen.at(-2)}"`).not.toBe('');
        expect(isVisible, `the focus of ${tag} "${focused}"`).toBe(true);
        if (seen.length > 200) throw new Error(`Tab does not leave the page: ${seen.slice(-10).join(', ')}.`);
      }
      expect(seen.length).toBeGreaterThan(4);
    });
  });
}

async function expectAccessible(page: OpenedPage, view: string): Promise<void> {
  for (const [at, theme] of themeNames.entries()) {
    await page.setTheme(theme);
    // Only colors differ between themes.
    expect(await (at === 0 ? page.axe() : page.axe('color-contrast')), theme).toEqual([]);
    await page.picture(`${view} ${theme}`);
  }
}
