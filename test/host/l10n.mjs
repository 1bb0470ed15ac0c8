// `npm run l10n`: writes l10n/bundle.l10n.json, the English texts of `l10n.t` in the sources.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { main } from './processes.mjs';
import { root } from './paths.mjs';

const folder = path.join(root, 'l10n');

const src = path.join(root, 'src');

/**
 * The localized sources. The local hub is not localized, as Azure IoT Hub is not.
 * @returns {string[]} paths, sorted
 */
export const localizedFiles = () =>
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('localHub') && !name.startsWith('sqlite'))
    .sort()
    .map((name) => path.join(src, name));

/** @returns {Promise<Record<string, string | { message: string, comment: string[] }>>} texts by key, sorted */
async function exportTexts() {
  const { getL10nJson } = await import('@vscode/l10n-dev');
  const texts = await getL10nJson(
    localizedFiles().map((file) => ({ extension: '.ts', contents: readFileSync(file, 'utf8') })),
  );
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isStartedDirectly = process.argv[1] === import.meta.filename;
if (isStartedDirectly) {
  main(async () => {
    const texts = await exportTexts();
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'bundle.l10n.json'), `${JSON.stringify(texts, null, 2)}\n`);
    console.log(`${Object.keys(texts).length} texts`);
  });
}
