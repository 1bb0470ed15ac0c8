// `node test/pages/support/readThemes.mjs`: writes the colors of VS Code's default themes to themes.json, for the tests
// of pages. Run it again when a page uses a variable that is missing in the file.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openWorkbench } from '../../host/workbenchDriver.mjs';
import { main } from '../../host/processes.mjs';

/** Names in the list of themes, with the class that VS Code puts on its window. */
const themes = [
  ['Light Modern', 'vs'],
  ['Dark Modern', 'vs-dark'],
  ['Dark High Contrast', 'hc-black'],
  ['Light High Contrast', 'hc-light'],
];

main(async () => {
  const workbench = await openWorkbench({ label: 'themes', vsix: [] });
  const variables = new Map();
  try {
    // The window starts with the first theme, so its class only confirms a change after another theme.
    for (const at of [1, 2, 3, 0]) {
      const [title, className] = themes[at];
      await workbench.run('Preferences: Color Theme');
      await workbench.answer(title);
      const window = workbench.page.locator(`.monaco-workbench.${className}`);
      await window.waitFor();
      // VS Code updates the colors after the class.
      await workbench.page.waitForTimeout(2_000);
      const read = await window.evaluate((element) =>
        [...element.computedStyleMap()]
          .filter(([name]) => name.startsWith('--vscode-'))
          .map(([name, values]) => [name, values.map(String).join(', ').trim()]),
      );
      for (const [name, value] of read) {
        const values = variables.get(name) ?? themes.map(() => null);
        values[at] = value;
        variables.set(name, values);
      }
    }
  } finally {
    await workbench.close();
  }
  const lines = [...variables]
    .filter(([, values]) => values.some((value) => /^(#|rgb|color)/.test(value ?? '')))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([name, values]) =>
        `  ${JSON.stringify(name)}: [${values.map((value) => JSON.stringify(value)).join(', ')}]`,
    );
  writeFileSync(path.join(import.meta.dirname, 'themes.json'), `{\n${lines.join(',\n')}\n}\n`);
});
