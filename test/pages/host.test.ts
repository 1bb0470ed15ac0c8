import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../host/paths.mjs';
import { closePages, openPage, pageNames } from './support/openPage';
import { fontVariables, themeVariables } from './support/themes';

afterEach(closePages);

describe('The page host of the tests', () => {
  it.each(pageNames)(
    'enforces the content security policy for scripts, styles and connections (%s)',
    async (name) => {
      const opened = await openPage(name, 'empty');
      const refused = await opened.page.evaluate(`(async () => {
      const seen = [];
      addEventListener('securitypolicyviolation', ({ effectiveDirective }) => seen.push(effectiveDirective));
      const add = (tag, change) => document.head.append(Object.assign(document.createElement(tag), change));
      add('script', { textContent: 'globalThis.wasRun = true' });
      add('style', { textContent: 'main { display: none }' });
      await fetch('https://example.com').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { seen: seen.sort(), wasRun: 'wasRun' in globalThis, display: getComputedStyle(document.querySelector('main')).display };
    })()`);
      expect(refused).toMatchObject({
        seen: ['connect-src', 'script-src-elem', 'style-src-elem'],
        wasRun: false,
      });
      expect(refused).not.toMatchObject({ display: 'none' });
      expect(opened.takeProblems().join()).toContain('Content Security Policy');
    },
  );

  it('defines every variable that the styles of pages use without a fallback', () => {
    const folder = path.join(root, 'dist/webview');
    const styles = readdirSync(folder).filter((file) => file.endsWith('.css'));
    const used = new Set(
      styles.flatMap(
        (file) =>
          readFileSync(path.join(folder, file), 'utf8').match(/(?<=var\()--vscode-[\w-]+(?=\))/g) ?? [],
      ),
    );
    const unknown = [...used].filter((name) => !(name in themeVariables) && !fontVariables.includes(name));
    expect(used.size).toBeGreaterThan(30);
    expect(unknown).toEqual([]);
  });
});
